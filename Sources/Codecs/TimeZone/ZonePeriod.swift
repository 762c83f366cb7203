/// A span of time in which the clocks of a zone keep their distance to UTC.
///
/// All instants are seconds since 1970 in UTC, all offsets seconds east of it.
public struct ZonePeriod: Sendable, Hashable {
    /// The first second; nil when it has always been so.
    public let start: Int?
    /// The first second that does not belong to it; nil when it stays so for ever.
    public let end: Int?
    /// Local time minus UTC.
    public let offset: Int
    /// The offset before the start; the period's own when there is none.
    public let offsetBefore: Int
    /// The offset from the end on; the period's own when there is none.
    public let offsetAfter: Int

    /// A period of all time.
    init(always offset: Int) {
        self.init(start: nil, end: nil, offset: offset, before: offset, after: offset)
    }

    init(start: Int?, end: Int?, offset: Int, before: Int, after: Int) {
        self.start = start
        self.end = end
        self.offset = offset
        self.offsetBefore = before
        self.offsetAfter = after
    }
}
