import CacheDomain
import Testing

@Suite struct CoherenceTrackerTests {
    typealias Action = CoherenceTracker.Action
    typealias Query = CoherenceTracker.JournalQuery

    var tracker = CoherenceTracker()

    func position(_ sequence: UInt64, _ epoch: String = "e") -> LogPosition {
        LogPosition(epoch: epoch, sequence: sequence)
    }

    func message(
        _ sequence: UInt64,
        _ epoch: String = "e",
        key: String? = nil
    ) -> ArraySlice<UInt8> {
        CoherenceMessage(
            position: position(sequence, epoch),
            node: "n",
            announcement: Announcement(keys: [key ?? "k\(sequence)"])
        )
        .encoded[...]
    }

    func heartbeat(_ sequence: UInt64, _ epoch: String = "e") -> ArraySlice<UInt8> {
        CoherenceMessage(
            position: position(sequence, epoch),
            node: "n",
            announcement: Announcement()
        )
        .encoded[...]
    }

    func applied(_ sequence: UInt64, _ epoch: String = "e") -> Action {
        .apply(Announcement(keys: ["k\(sequence)"]), at: position(sequence, epoch))
    }

    /// The query that the actions end with, which must be the only one.
    func query(_ actions: [Action]) throws -> Query {
        let queries = actions.compactMap {
            if case .readJournal(let query) = $0 { query } else { nil }
        }
        #expect(queries.count == 1)
        return try #require(queries.last)
    }

    /// A tracker that follows a log whose last message is `sequence`.
    mutating func follow(from sequence: UInt64) throws {
        let first = try query(tracker.subscribed())
        let second = try query(
            tracker.journalRead([], last: position(sequence), for: first)
        )
        let page = sequence == 0 ? [] : [message(sequence)]
        #expect(tracker.journalRead(page, last: position(sequence), for: second) == [.caughtUp])
    }

    @Test mutating func `a first subscription forgets everything, and begins at the end`() throws {
        let actions = tracker.subscribed()
        #expect(actions.first == .fellBehind)
        let first = try query(actions)
        let afresh = tracker.journalRead([message(1)], last: position(7), for: first)
        #expect(afresh.first == .distrustEverything(.firstSubscription))
        let second = try query(afresh)
        #expect(second.sequence == 7)
        let page = [message(7), message(8)]
        let last = tracker.journalRead(page, last: position(8), for: second)
        #expect(last == [applied(8), .caughtUp])
        #expect(tracker.applied == position(8))
    }

    @Test mutating func `messages are applied in order, once, whoever wrote them`() throws {
        try follow(from: 3)
        #expect(tracker.heard(message(4)) == [applied(4)])
        #expect(tracker.heard(message(5)) == [applied(5)])
        #expect(tracker.heard(heartbeat(5)) == [])
        #expect(tracker.heard(message(6)) == [applied(6)])
    }

    @Test mutating func `what was heard before is only looked up, and changes nothing`() throws {
        try follow(from: 3)
        #expect(tracker.heard(message(4)) == [applied(4)])
        for repeated in [message(4), message(2)] {
            let again = try query(tracker.heard(repeated))
            let page = [message(4)]
            #expect(tracker.journalRead(page, last: position(4), for: again) == [.caughtUp])
        }
    }

    @Test mutating func `the first message of an empty log names its epoch`() throws {
        let first = try query(tracker.subscribed())
        let second = try query(tracker.journalRead([], last: .start, for: first))
        #expect(tracker.journalRead([], last: .start, for: second) == [.caughtUp])
        #expect(tracker.heard(heartbeat(0, "")) == [])
        #expect(tracker.heard(message(1)) == [applied(1)])
        #expect(tracker.applied == position(1))
    }

    @Test mutating func `a skipped message is fetched from the journal, nothing is forgotten`()
        throws
    {
        try follow(from: 3)
        let actions = tracker.heard(message(6))
        #expect(actions.first == .fellBehind)
        let gap = try query(actions)
        #expect(gap.sequence == 3)
        #expect(tracker.heard(message(7)) == [])
        let page = [message(3), message(4), message(5), message(6)]
        let replayed = tracker.journalRead(page, last: position(6), for: gap)
        #expect(replayed == [applied(4), applied(5), applied(6), .caughtUp, applied(7)])
    }

    @Test mutating func `a heartbeat shows that the last message was missed`() throws {
        try follow(from: 3)
        let gap = try query(tracker.heard(heartbeat(4)))
        let page = [message(3), message(4)]
        #expect(
            tracker.journalRead(page, last: position(4), for: gap) == [applied(4), .caughtUp]
        )
    }

    @Test mutating func `a message that comes after the journal had it changes nothing`() throws {
        try follow(from: 3)
        let gap = try query(tracker.heard(heartbeat(4)))
        let page = [message(3), message(4), message(5)]
        _ = tracker.journalRead(page, last: position(5), for: gap)
        #expect(tracker.heard(message(5)) == [])
        #expect(tracker.heard(message(6)) == [applied(6)])
    }

    @Test mutating func `a journal longer than a page is read page by page`() throws {
        try follow(from: 1)
        var gap = try query(tracker.heard(heartbeat(5)))
        var actions = tracker.journalRead([message(1), message(2)], last: position(5), for: gap)
        #expect(actions.first == applied(2))
        gap = try query(actions)
        #expect(gap.sequence == 2)
        actions = tracker.journalRead(
            [message(2), message(3), message(4), message(5)],
            last: position(5),
            for: gap
        )
        #expect(actions == [applied(3), applied(4), applied(5), .caughtUp])
    }

    @Test mutating func `after a loss nothing is heard until the journal was read`() throws {
        try follow(from: 3)
        #expect(tracker.lost() == [.fellBehind])
        #expect(tracker.heard(message(4)) == [])
        let again = try query(tracker.subscribed())
        let page = [message(3), message(4)]
        #expect(
            tracker.journalRead(page, last: position(4), for: again) == [applied(4), .caughtUp]
        )
    }

    @Test mutating func `what came about after the last message applied is forgotten with a loss`()
        throws
    {
        try follow(from: 3)
        _ = tracker.lost()
        let actions = tracker.subscribed()
        #expect(actions.contains(.forgetAhead(of: position(3))))
        // A gap says nothing against what is held: the same server goes on.
        _ = tracker.journalRead([message(3)], last: position(3), for: try query(actions))
        #expect(!tracker.heard(message(5)).contains(.forgetAhead(of: position(3))))
    }

    @Test mutating func `an answer from before the present subscription is ignored`() throws {
        try follow(from: 3)
        _ = tracker.lost()
        let old = try query(tracker.subscribed())
        _ = tracker.lost()
        #expect(!tracker.awaits(old))
        let new = try query(tracker.subscribed())
        #expect(tracker.journalRead([message(3)], last: position(3), for: old) == [])
        #expect(tracker.awaits(new))
        // The new server has lost message 3 and gives its number away again.
        let page = [message(3, key: "other"), message(4)]
        let actions = tracker.journalRead(page, last: position(4), for: new)
        #expect(actions.first == .distrustEverything(.rolledBack))
    }

    /// What a journal answers to a reader whose last message was 5.
    struct Answer: Sendable {
        let what: String
        let page: @Sendable (CoherenceTrackerTests) -> [ArraySlice<UInt8>]
        let last: LogPosition
        let reason: CoherenceTracker.DistrustReason
    }

    static let broken = [
        Answer(
            what: "the message applied last is another one",
            page: { [$0.message(5, key: "other"), $0.message(6)] },
            last: LogPosition(epoch: "e", sequence: 6),
            reason: .rolledBack
        ),
        Answer(
            what: "the log is shorter than before",
            page: { _ in [] },
            last: LogPosition(epoch: "e", sequence: 4),
            reason: .rolledBack
        ),
        Answer(
            what: "the log has another epoch",
            page: { [$0.message(5, "f"), $0.message(6, "f")] },
            last: LogPosition(epoch: "f", sequence: 6),
            reason: .rolledBack
        ),
        Answer(
            what: "the log is empty",
            page: { _ in [] },
            last: .start,
            reason: .rolledBack
        ),
        Answer(
            what: "the journal begins later",
            page: { [$0.message(8)] },
            last: LogPosition(epoch: "e", sequence: 8),
            reason: .journalTrimmed
        ),
        Answer(
            what: "the journal begins with the next message, so the last one is no proof",
            page: { [$0.message(6)] },
            last: LogPosition(epoch: "e", sequence: 6),
            reason: .journalTrimmed
        ),
        Answer(
            what: "the journal is gone",
            page: { _ in [] },
            last: LogPosition(epoch: "e", sequence: 5),
            reason: .journalTrimmed
        ),
        Answer(
            what: "the journal has a hole",
            page: { [$0.message(5), $0.message(7)] },
            last: LogPosition(epoch: "e", sequence: 7),
            reason: .journalTrimmed
        ),
        Answer(
            what: "the journal has something that is no message",
            page: { [$0.message(5), ArraySlice("{}".utf8)] },
            last: LogPosition(epoch: "e", sequence: 6),
            reason: .unreadableMessage
        ),
    ]

    @Test(arguments: broken)
    mutating func `a log that is not the same any more makes everything forgotten`(
        answer: Answer
    ) throws {
        try follow(from: 5)
        _ = tracker.lost()
        let again = try query(tracker.subscribed())
        let actions = tracker.journalRead(answer.page(self), last: answer.last, for: again)
        #expect(actions.first == .distrustEverything(answer.reason), "\(answer.what)")
        #expect(!actions.contains(.caughtUp))
        #expect(tracker.applied == answer.last)
        #expect(try query(actions).sequence == answer.last.sequence)
    }

    @Test mutating func `bytes that are no message change nothing`() throws {
        try follow(from: 3)
        for garbage in ["garbage", "{}", #"{"s":-1,"e":"e"}"#, #"{"s":4}"#, ""] {
            #expect(tracker.heard(ArraySlice(garbage.utf8)) == [])
        }
        #expect(tracker.heard(message(4)) == [applied(4)])
    }

    @Test mutating func `an unreadable last message of the journal is passed over`() throws {
        try follow(from: 3)
        let gap = try query(tracker.heard(heartbeat(4)))
        let bad = ArraySlice("{}".utf8)
        let afresh = tracker.journalRead([message(3), bad], last: position(4), for: gap)
        let second = try query(afresh)
        #expect(tracker.journalRead([bad], last: position(4), for: second) == [.caughtUp])
        #expect(tracker.heard(message(5)) == [applied(5)])
    }

    @Test mutating func `without its last message a reader cannot go on after a loss`() throws {
        let first = try query(tracker.subscribed())
        let second = try query(tracker.journalRead([], last: position(5), for: first))
        #expect(tracker.journalRead([], last: position(5), for: second) == [.caughtUp])
        _ = tracker.lost()
        let third = try query(tracker.subscribed())
        let page = [message(5), message(6)]
        let actions = tracker.journalRead(page, last: position(6), for: third)
        #expect(actions.first == .distrustEverything(.journalTrimmed))
    }

    @Test mutating func `a server that was rolled back under a living subscription is noticed`()
        throws
    {
        try follow(from: 3)
        for sequence in 4...6 as ClosedRange<UInt64> { _ = tracker.heard(message(sequence)) }
        let doubt = try query(tracker.heard(message(5, key: "other")))
        let page: [ArraySlice<UInt8>] = []
        let actions = tracker.journalRead(page, last: position(5), for: doubt)
        #expect(actions.first == .distrustEverything(.rolledBack))
    }

    @Test mutating func `another epoch under a living subscription is noticed`() throws {
        try follow(from: 3)
        for signal in [message(1, "f"), heartbeat(0, "")] {
            let doubt = try query(tracker.heard(signal))
            let actions = tracker.journalRead([], last: position(1, "f"), for: doubt)
            #expect(actions.first == .distrustEverything(.rolledBack))
            let again = try query(actions)
            let page = [message(1, "f")]
            _ = tracker.journalRead(page, last: position(1, "f"), for: again)
            #expect(tracker.applied == position(1, "f"))
            tracker = CoherenceTracker()
            try follow(from: 3)
        }
    }
}
