import Testing

@testable import CacheDomain

/// What a reader does is counted by what it was told: here by a real reader.
@Suite struct FollowingAccountTests {
    private let start = ContinuousClock.now
    private var reader: CoherenceReader
    private var account = FollowingAccount()
    private var query: CoherenceTracker.JournalQuery?

    init() {
        reader = CoherenceReader(
            timing: CoherenceFollower.Timing(),
            token: ProcessToken(startedAt: 1, random: 1),
            at: start
        )
    }

    private mutating func tell(
        _ cause: FollowingAccount.Cause,
        _ tell: (inout CoherenceReader) -> [CoherenceReader.Effect]
    ) {
        let before = reader.applied
        let effects = tell(&reader)
        for case .readJournal(let query) in effects { self.query = query }
        account.note(effects, of: cause, from: before, to: reader.applied, at: start)
    }

    private func message(
        _ sequence: UInt64,
        _ epoch: String = "e",
        publishedAt: Duration? = nil
    ) -> ArraySlice<UInt8> {
        CoherenceMessage(
            position: LogPosition(epoch: epoch, sequence: sequence),
            node: "n",
            announcement: Announcement(keys: ["k"]),
            publishedAt: publishedAt
        )
        .encoded[...]
    }

    private mutating func hear(_ sequence: UInt64, _ epoch: String = "e") {
        let bytes = message(sequence, epoch)
        tell(.message) { [start] in $0.hear(.message(bytes), at: start) }
    }

    private mutating func readJournal(
        _ page: [ArraySlice<UInt8>],
        last: UInt64,
        _ epoch: String = "e"
    ) throws {
        let query = try #require(query)
        tell(.journal) { [start] in
            $0.journalRead(
                page,
                last: LogPosition(epoch: epoch, sequence: last),
                for: query,
                begunAt: start
            )
        }
    }

    /// Subscribes to a log whose last message is 5.
    private mutating func subscribe() throws {
        tell(.subscription) { [start] in $0.hear(.subscribed, at: start) }
        try readJournal([], last: 5)
        try readJournal([message(5)], last: 5)
        #expect(account.counts == CoherenceFollower.Counts(), "a start is nothing special")
    }

    @Test mutating func `messages in order are applied, and nothing else happens`() throws {
        try subscribe()
        for sequence in 6...9 as ClosedRange<UInt64> { hear(sequence) }
        #expect(account.counts == CoherenceFollower.Counts(applied: 4, unmeasured: 4))
        hear(9)
        #expect(account.counts.doubts == 1, "the channel went back")
    }

    @Test mutating func `a gap is one, however many messages the journal has to bring`() throws {
        try subscribe()
        hear(9)
        hear(10)
        #expect(reader.known?.sequence == 10 && reader.applied?.sequence == 5)
        try readJournal((5...9).map { message($0) }, last: 9)
        let expected = CoherenceFollower.Counts(
            applied: 5,
            unmeasured: 5,
            gaps: 1,
            replays: 1,
            replayed: 5
        )
        #expect(account.counts == expected)
        #expect(reader.known?.sequence == 10 && reader.applied?.sequence == 10)
    }

    @Test mutating func `a new subscription is no gap, and what it missed is a replay`() throws {
        try subscribe()
        tell(.subscription) { [start] in $0.hear(.lost("test"), at: start) }
        tell(.subscription) { [start] in $0.hear(.subscribed, at: start) }
        try readJournal((5...7).map { message($0) }, last: 7)
        #expect(account.counts.gaps == 0 && account.counts.doubts == 0)
        #expect(account.counts.replays == 1 && account.counts.replayed == 2)
    }

    @Test mutating func `another life of the log is a doubt, and an epoch once it is read`() throws
    {
        try subscribe()
        hear(1, "f")
        #expect(account.counts.doubts == 1 && account.counts.epochs == 0)
        try readJournal([], last: 1, "f")
        #expect(account.counts.epochs == 1 && account.counts.gaps == 0)
        #expect(reader.statistics.distrusts[.rolledBack] == 1)
    }

    @Test mutating func `each message that does not say its time is unmeasured`() throws {
        try subscribe()
        let canary = reader.nextCanary(at: start)
        let heartbeat = CoherenceMessage(
            position: LogPosition(epoch: "e", sequence: 5),
            node: "n",
            announcement: Announcement(),
            canary: canary,
            publishedAt: .seconds(100)
        )
        tell(.message) { [start] in $0.hear(.message(heartbeat.encoded[...]), at: start) }
        #expect(account.counts.gaps == 0, "the first own canary has the journal read once more")
        try readJournal([message(5)], last: 5)
        hear(6)
        let timed = message(7, publishedAt: .seconds(100))
        tell(.message) { [start] in $0.hear(.message(timed), at: start) }
        #expect(account.counts.applied == 2 && account.counts.unmeasured == 1)
    }

    @Test mutating func `what could not be sent or read is counted`() {
        account.noteHeartbeat(wasSent: true)
        account.noteHeartbeat(wasSent: false)
        account.noteUnreadableJournal()
        let expected = CoherenceFollower.Counts(
            failedReadings: 1,
            heartbeats: 1,
            failedHeartbeats: 1
        )
        #expect(account.counts == expected)
    }
}
