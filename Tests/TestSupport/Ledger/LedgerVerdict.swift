/// What became of all events of a ledger, in the words of the soak.
public struct LedgerVerdict: Sendable, CustomStringConvertible {
    /// How many were stored by a server.
    public internal(set) var published = 0
    /// Ids without their effect, or never announced, that are nowhere any more.
    public internal(set) var lost: [String] = []
    /// How often effects were announced beyond once, of events with keys of their own.
    public internal(set) var duplicates: [String: Int] = [:]
    /// Series whose last state is that of an event before the last, and both numbers.
    public var outOfOrder: [String] = []
    /// Ids in the dead letters, with their reason.
    public internal(set) var deadLettered: [String: String] = [:]
    /// Jobs that still wait or are held by somebody.
    public internal(set) var pending = 0
    /// Where those of the streams are.
    public internal(set) var holders: [String] = []
    /// Numbers that are missing in the journal, or stand twice.
    public internal(set) var journalGaps: [String] = []

    /// Whether each event had its effect, in its order, and nothing is left over; duplicates are
    /// allowed across a fault.
    public var isWhole: Bool {
        lost.isEmpty && outOfOrder.isEmpty && deadLettered.isEmpty && pending == 0
            && journalGaps.isEmpty
    }

    /// The counts, and some of what is wrong.
    public var description: String {
        let counts =
            "\(published) published, \(lost.count) lost, \(duplicates.count) duplicated, "
            + "\(outOfOrder.count) out of order, \(deadLettered.count) dead-lettered, "
            + "\(pending) pending, \(journalGaps.count) gaps"
        let shown = 10
        let details =
            lost.prefix(shown).map { "lost: \($0)" }
            + outOfOrder.prefix(shown).map { "out of order: \($0)" }
            + deadLettered.prefix(shown).map { "dead: \($0.key) \($0.value)" }
            + holders
            + journalGaps.prefix(shown).map { "journal: \($0)" }
        return ([counts] + details).joined(separator: "\n")
    }
}
