import CacheDomain

/// The coherence log of a fleet: what the scripts do, in one place.
struct FleetLog {
    static let journalLength = 60

    private(set) var position = LogPosition.start
    /// Every message of its present life, and where the journal begins.
    private var entries: [Entry] = []
    private var journalStart = 0
    /// What a life before has left in the journal.
    private var leftovers: [Entry] = []
    private var lifeCount = 0
    private var messageCount = 0
    /// Whether two messages of one number are never alike, whoever wrote them.
    private let tellsMessagesApart: Bool

    private struct Entry {
        let sequence: UInt64
        let message: ArraySlice<UInt8>
    }

    init(tellsMessagesApart: Bool) { self.tellsMessagesApart = tellsMessagesApart }

    /// How many messages it has in its present life.
    var count: Int { entries.count }

    /// The first message that the journal has.
    var firstSequence: UInt64? { journal.first?.sequence }

    /// Whether the message is one of its present life.
    func has(_ message: ArraySlice<UInt8>) -> Bool { entries.contains { $0.message == message } }

    private var journal: ArraySlice<Entry> {
        leftovers.isEmpty ? entries[journalStart...] : leftovers[...]
    }

    /// Appends a message, and returns it.
    mutating func append(_ announcement: Announcement, by node: String) -> ArraySlice<UInt8> {
        let identity = tellsMessagesApart ? "\(messageCount)" : nil
        return append(
            CoherenceMessage.tail(node: node, announcement, identity: identity)
        )
    }

    /// Appends a message that nobody here understands, and returns it.
    mutating func appendUnknown() -> ArraySlice<UInt8> {
        append(Array(#","v":2,"n":"later","i":"\#(messageCount)"}"#.utf8))
    }

    private mutating func append(_ tail: [UInt8]) -> ArraySlice<UInt8> {
        if position.epoch.isEmpty {
            lifeCount += 1
            position.epoch = "life\(lifeCount)"
            leftovers.removeAll()
        }
        messageCount += 1
        position.sequence += 1
        let message = head + tail
        entries.append(Entry(sequence: position.sequence, message: message[...]))
        journalStart = max(journalStart, entries.count - Self.journalLength)
        return message[...]
    }

    private var head: [UInt8] {
        Array(#"{"s":\#(position.sequence),"e":"\#(position.epoch)""#.utf8)
    }

    func heartbeat(by node: String, canary: String?) -> ArraySlice<UInt8> {
        (head + CoherenceMessage.tail(node: node, Announcement(), canary: canary))[...]
    }

    func journal(from sequence: UInt64, limit: Int) -> [ArraySlice<UInt8>] {
        journal.drop { $0.sequence < sequence }.prefix(limit).map(\.message)
    }

    // MARK: What fails

    /// Loses the last messages, whose numbers are given away again.
    mutating func loseTail(_ count: Int) {
        entries.removeLast(min(count, entries.count))
        position.sequence = UInt64(entries.count)
        // The other server has trimmed by itself.
        journalStart = min(journalStart, max(0, entries.count - Self.journalLength))
        if entries.isEmpty, leftovers.isEmpty { position = .start }
    }

    mutating func empty() {
        loseCounter()
        leftovers.removeAll()
    }

    mutating func loseCounter() {
        if leftovers.isEmpty { leftovers = Array(journal) }
        position = .start
        entries.removeAll()
        journalStart = 0
    }

    mutating func trimJournal(to length: Int) {
        journalStart = max(journalStart, entries.count - length)
        leftovers = leftovers.suffix(length)
    }
}
