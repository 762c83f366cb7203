/// What the clocks of a place show, for all time: the changes that are known one by one, and a rule
/// for the years after them.
///
/// Read from a file of the time zone database, see `init(tzif:)`.
public struct ZoneRules: Sendable, Hashable {
    /// The zone whose clocks show UTC.
    public static let utc = ZoneRules(offset: 0)

    /// Before the first change.
    private let firstOffset: Int
    /// In their order; each really changes the offset.
    private let changes: [ZoneChange]
    /// For all times from the last change on; nil: nothing changes any more.
    private let rule: PosixZone?

    /// A zone whose offset never changes.
    public init(offset: Int) { self.init(firstOffset: offset, changes: [], rule: nil) }

    /// Changes in their order; those that change nothing are left out.
    init(firstOffset: Int, changes: [ZoneChange], rule: PosixZone?) {
        var kept: [ZoneChange] = []
        for change in changes where change.offset != kept.last?.offset ?? firstOffset {
            kept.append(change)
        }
        self.firstOffset = firstOffset
        self.changes = kept
        self.rule = rule
    }

    /// From then on a rule holds that repeats itself every 400 years; nil when it has always held.
    public var lastKnownChange: Int? { changes.last?.at }

    /// Before this nothing ever changed; nil when that is so for all time, or for all that the
    /// rule says.
    public var firstKnownChange: Int? { changes.first?.at }

    /// Local time minus UTC at an instant.
    public func offset(at instant: Int) -> Int { period(at: instant).offset }

    /// The span of equal offset that an instant lies in.
    ///
    /// Neighbours have different offsets, so the end of one is where clocks are put.
    public func period(at instant: Int) -> ZonePeriod {
        let index = countOfChanges(through: instant)
        let before = index > 1 ? changes[index - 2].offset : firstOffset
        let offset = index > 0 ? changes[index - 1].offset : firstOffset
        let start = index > 0 ? changes[index - 1].at : nil
        if index < changes.count {
            let next = changes[index]
            return ZonePeriod(
                start: start,
                end: next.at,
                offset: offset,
                before: before,
                after: next.offset
            )
        }
        let known = ZonePeriod(
            start: start,
            end: nil,
            offset: offset,
            before: before,
            after: offset
        )
        return rule?.period(at: instant, following: known) ?? known
    }

    /// How many changes had been by then.
    private func countOfChanges(through instant: Int) -> Int {
        var (low, high) = (0, changes.count)
        while low < high {
            let middle = (low + high) / 2
            if changes[middle].at <= instant { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
