import CacheDomain

/// The server of a fleet in god's eye: data, counter and journal, and what was true until when.
///
/// A value is a version: a number that is never used twice.
struct FleetServer {
    static let journalLength = 60

    private(set) var position = LogPosition(epoch: "fleet", sequence: 0)
    private(set) var values: [String: Int] = [:]
    private var entries: [Entry] = []
    /// When a version ceased to be true.
    private var endings: [Int: Int] = [:]
    /// Whether two messages of one number are never alike, whoever wrote them.
    let tellsMessagesApart: Bool
    private var lastVersion = 0
    private var lastMessage = 0

    init(tellsMessagesApart: Bool) { self.tellsMessagesApart = tellsMessagesApart }

    private struct Entry {
        let sequence: UInt64
        let key: String
        let before: Int?
        let after: Int?
        let message: ArraySlice<UInt8>
    }

    /// Writes a new version of the key, or removes it, and tells all in the same step.
    mutating func change(
        _ key: String,
        removing: Bool,
        by node: String,
        at moment: Int
    ) -> (version: Int?, message: ArraySlice<UInt8>) {
        lastVersion += 1
        lastMessage += 1
        let (before, after) = (values[key], removing ? nil : lastVersion)
        if let before { endings[before] = moment }
        values[key] = after
        position.sequence += 1
        let message = CoherenceMessage(
            position: position,
            node: tellsMessagesApart ? "\(node)#\(lastMessage)" : node,
            announcement: Announcement(keys: [key])
        )
        let entry = Entry(
            sequence: position.sequence,
            key: key,
            before: before,
            after: after,
            message: message.encoded[...]
        )
        entries.append(entry)
        if entries.count > Self.journalLength { entries.removeFirst() }
        return (after, entry.message)
    }

    /// A server takes over that has not had the last changes; it gives their numbers away again.
    mutating func loseTail(_ count: Int, at moment: Int) {
        for entry in entries.suffix(count).reversed() {
            if let after = entry.after { endings[after] = moment }
            if let before = entry.before { endings[before] = nil }
            values[entry.key] = entry.before
            position.sequence = entry.sequence - 1
        }
        entries.removeLast(min(count, entries.count))
    }

    func heartbeat(canary: String?) -> ArraySlice<UInt8> {
        CoherenceMessage(
            position: position,
            node: "heart",
            announcement: Announcement(),
            canary: canary
        )
        .encoded[...]
    }

    func journal(from sequence: UInt64, limit: Int) -> [ArraySlice<UInt8>] {
        entries.filter { $0.sequence >= sequence }.prefix(limit).map(\.message)
    }

    /// For how long the version has not been true at the moment; nil while it is.
    func staleness(of version: Int, at moment: Int) -> Int? {
        endings[version].map { moment - $0 }
    }
}
