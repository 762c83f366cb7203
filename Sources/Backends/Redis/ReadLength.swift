/// How many entries a read asks for, so that large ones do not fill the memory: a pure function of
/// the sizes seen.
///
/// Redis bounds a read by its count only. So the first reads are short and each may be twice as
/// long as the one before, and what the next entries will weigh is taken from the last ones. When
/// a backlog of small entries turns into one of large ones, one read is larger than was asked for.
struct ReadLength {
    /// So many entries of unknown size are read at first.
    static let careful = 16
    /// So much less than before the entries are taken to weigh after a read of lighter ones.
    private static let decay = 0.75

    private var limit = careful
    private var bytesPerEntry = 0.0

    /// The count for the next read, from 1: half of what may be taken, since others take, too.
    func count(atMost maximum: Int, bytes: Int) -> Int {
        // Nobody bounds the bytes.
        guard bytes < Int.max else { return maximum }
        let fitting = bytesPerEntry > 0 ? Double(bytes / 2) / bytesPerEntry : Double(maximum)
        return max(1, min(maximum, limit, Int(min(fitting, Double(maximum)))))
    }

    /// What a read has brought.
    mutating func saw(entries: Int, bytes: Int) {
        guard entries > 0 else { return }
        let mean = Double(bytes) / Double(entries)
        // What has grown heavy is approached as what is unknown.
        if mean > bytesPerEntry * Double(Self.careful) { limit = Self.careful }
        limit = min(limit * 2, Int(Int32.max))
        bytesPerEntry = max(mean, bytesPerEntry * Self.decay)
    }
}
