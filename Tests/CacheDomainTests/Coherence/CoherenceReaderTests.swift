import Testing

@testable import CacheDomain

@Suite struct CoherenceReaderTests {
    private static let timing = CoherenceFollower.Timing(
        heartbeat: .seconds(1),
        lease: .seconds(3),
        canary: .seconds(5)
    )
    private let start = ContinuousClock.now
    private var reader: CoherenceReader
    private let own = ProcessToken(startedAt: 1_000, random: 1)

    init() {
        reader = CoherenceReader(timing: Self.timing, token: own, node: "me", at: start)
    }

    private func at(_ seconds: Double) -> ContinuousClock.Instant { start + .seconds(seconds) }

    private func serves(at seconds: Double) -> Bool {
        reader.servesUntil.map { at(seconds) < $0 } ?? false
    }

    private mutating func hear(
        _ sequence: UInt64,
        canary: String? = nil,
        from node: String = "n",
        at seconds: Double
    ) -> [CoherenceReader.Effect] {
        let message = CoherenceMessage(
            position: LogPosition(epoch: "e", sequence: sequence),
            node: node,
            announcement: canary == nil ? Announcement(keys: ["k"]) : Announcement(),
            canary: canary
        )
        return reader.hear(.message(message.encoded[...]), at: at(seconds))
    }

    /// Follows an empty log that leads back to it.
    private mutating func follow() throws {
        var effects = reader.hear(.subscribed, at: start)
        _ = hear(0, canary: reader.nextCanary(at: start), at: 0)
        for _ in 0..<3 {
            let query = effects.compactMap {
                if case .readJournal(let query) = $0 { query } else { nil }
            }
            effects = reader.journalRead(
                [],
                last: LogPosition(epoch: "e", sequence: 0),
                for: try #require(query.last),
                begunAt: start
            )
        }
        #expect(serves(at: 0))
    }

    // MARK: Where it reads and where it listens

    private mutating func read(
        _ effects: [CoherenceReader.Effect],
        from epoch: String,
        at seconds: Double
    ) throws -> [CoherenceReader.Effect] {
        let queries = effects.compactMap {
            if case .readJournal(let query) = $0 { query } else { nil }
        }
        let position = LogPosition(epoch: epoch, sequence: 1)
        let message = CoherenceMessage(
            position: position,
            node: "n",
            announcement: Announcement(keys: ["k"])
        )
        return reader.journalRead(
            [message.encoded[...]],
            last: position,
            for: try #require(queries.last),
            begunAt: at(seconds)
        )
    }

    @Test(arguments: ["e", "another"])
    mutating func `what was read before its canary came back is read once more`(
        epoch: String
    ) throws {
        var effects = reader.hear(.subscribed, at: start)
        #expect(effects.contains(.doubtAnswers))
        // Twice, to have the last message as the proof.
        for _ in 0..<2 { effects = try read(effects, from: "e", at: 0) }
        #expect(!serves(at: 0))
        // The old server has answered, but it is the new one that is listened to.
        effects = hear(1, canary: reader.nextCanary(at: at(1)), at: 1)
        #expect(effects.first == .trustAnswers && !serves(at: 1))
        effects = try read(effects, from: epoch, at: 1)
        let isSame = epoch == "e"
        #expect(effects.contains(.distrustEverything(.rolledBack)) == !isSame)
        #expect(serves(at: 1) == isSame)
        if !isSame { effects = try read(effects, from: epoch, at: 1) }
        #expect(serves(at: 3.9))
        guard isSame else { return }
        // Once for each subscription.
        #expect(hear(1, canary: reader.nextCanary(at: at(2)), at: 2).isEmpty && serves(at: 4.9))
    }

    @Test mutating func `what came after the last message applied goes before what was missed`()
        throws
    {
        var effects = reader.hear(.subscribed, at: start)
        for _ in 0..<2 { effects = try read(effects, from: "e", at: 0) }
        effects = hear(1, canary: reader.nextCanary(at: at(1)), at: 1)
        _ = try read(effects, from: "e", at: 1)
        // An own change was the second, of a server that has died since; the new one has another.
        effects = hear(3, at: 1)
        let query = try #require(
            effects.compactMap { if case .readJournal(let query) = $0 { query } else { nil } }.last
        )
        let page = (1...3 as ClosedRange<UInt64>)
            .map { sequence in
                CoherenceMessage(
                    position: LogPosition(epoch: "e", sequence: sequence),
                    node: "n",
                    announcement: Announcement(keys: ["k"])
                )
                .encoded[...]
            }
        let last = LogPosition(epoch: "e", sequence: 3)
        effects = reader.journalRead(page, last: last, for: query, begunAt: at(1))
        #expect(effects.first == .forgetAhead(of: LogPosition(epoch: "e", sequence: 1)))
        #expect(reader.applied == last && serves(at: 3.9))
    }

    // MARK: How old what is heard may be

    @Test mutating func `each message in time allows to serve for a lease`() throws {
        try follow()
        _ = hear(1, at: 1)
        #expect(serves(at: 3.9) && !serves(at: 4))
        _ = hear(2, at: 2.5)
        #expect(serves(at: 5.4) && !serves(at: 5.5))
    }

    @Test mutating func `a pile of late messages opens nothing before an own canary has come`()
        throws
    {
        try follow()
        // The process was stopped, or the link; the messages are as old as that.
        for sequence in 1...9 as ClosedRange<UInt64> {
            _ = hear(sequence, at: 10 + Double(sequence) / 10)
            #expect(!serves(at: 10 + Double(sequence) / 10))
        }
        let canary = reader.nextCanary(at: at(11))
        _ = hear(10, at: 11.1)
        #expect(!serves(at: 11.1))
        _ = hear(10, canary: canary, at: 11.2)
        #expect(serves(at: 14.1) && !serves(at: 14.2))
        _ = hear(11, at: 11.3)
        #expect(serves(at: 14.2))
    }

    @Test mutating func `nor does one that was held up for less than the lease`() throws {
        try follow()
        _ = hear(1, at: 2.5)
        #expect(serves(at: 2.9) && !serves(at: 3))
    }

    @Test mutating func `after a silence it asks for an own canary, not at each message`() throws {
        try follow()
        #expect(hear(1, at: 10).contains(.sendHeartbeat))
        _ = reader.nextCanary(at: at(10))
        #expect(!hear(2, at: 10.1).contains(.sendHeartbeat))
        #expect(hear(3, at: 11).contains(.sendHeartbeat), "the first may have been lost")
    }

    @Test mutating func `a canary that was long under way is no proof of the present`() throws {
        try follow()
        let canary = reader.nextCanary(at: at(1))
        for sequence in 1...4 as ClosedRange<UInt64> { _ = hear(sequence, at: Double(sequence)) }
        _ = hear(4, canary: canary, at: 5)
        let end = try #require(reader.servesUntil)
        _ = hear(5, at: 5.1)
        #expect(reader.servesUntil == end)
    }

    @Test mutating func `what is heard never shortens the time to serve`() throws {
        try follow()
        let canary = reader.nextCanary(at: at(1))
        _ = hear(1, at: 2)
        _ = hear(1, canary: canary, at: 2.1)
        #expect(serves(at: 4.9))
    }

    // MARK: A store beside the log

    @Test mutating func `a store beside the log must have answered within the lease`() throws {
        reader = CoherenceReader(
            timing: Self.timing,
            token: own,
            node: "me",
            isStoreElsewhere: true,
            at: start
        )
        #expect(reader.storeAnswered("a", askedAt: start) == [.distrustEverything(.storeChanged)])
        try follow()
        _ = reader.nextCanary(at: at(1))
        _ = hear(1, at: 2)
        #expect(serves(at: 2.9))
        #expect(!serves(at: 3.1), "the log was heard, the store was not")
        #expect(reader.storeAnswered("a", askedAt: at(2)).isEmpty)
        #expect(serves(at: 4.9))
        #expect(reader.statistics.distrusts[.storeChanged] == nil)
    }

    @Test mutating func `a store in another life takes the trust from all that is held`() throws {
        reader = CoherenceReader(
            timing: Self.timing,
            token: own,
            node: "me",
            isStoreElsewhere: true,
            at: start
        )
        _ = reader.storeAnswered("a", askedAt: start)
        try follow()
        let effects = reader.storeAnswered("b", askedAt: at(1))
        #expect(effects == [.distrustEverything(.storeChanged)])
        #expect(reader.statistics.distrusts[.storeChanged] == 1)
    }

    // MARK: What is no message

    @Test mutating func `garbage neither renews the lease nor ends it, and asks for nothing`()
        throws
    {
        try follow()
        let end = try #require(reader.servesUntil)
        for number in 0..<100 {
            let effects = reader.hear(.message(ArraySlice("no \(number)".utf8)), at: at(1))
            #expect(effects.isEmpty)
        }
        #expect(reader.servesUntil == end)
        #expect(reader.statistics.unreadableMessages == 100)
        // It is no sign of life either: the log is silent.
        #expect(reader.heartbeatPause(patience: .seconds(1), at: at(1)) == nil)
    }

    @Test mutating func `a message of an unknown version costs trust, not the log`() throws {
        try follow()
        let unknown = CoherenceMessage(
            position: LogPosition(epoch: "e", sequence: 1),
            node: "n",
            announcement: Announcement(),
            version: 7
        )
        let effects = reader.hear(.message(unknown.encoded[...]), at: at(1))
        #expect(effects == [.distrustEverything(.unknownVersion)])
        #expect(reader.applied?.sequence == 1 && serves(at: 1))
        #expect(reader.statistics.distrusts[.unknownVersion] == 1)
    }

    // MARK: Names

    @Test mutating func `who began later ends when an older process of its name has answered`()
        throws
    {
        try follow()
        let older = ProcessToken(startedAt: 999, random: 9).text
        #expect(hear(0, canary: "\(older)-1", from: "other", at: 1) == [])
        #expect(hear(0, canary: "\(older)-1", from: "me", at: 1) == [.sendHeartbeat])
        #expect(!reader.hasToYield)
        #expect(hear(0, canary: "\(older)-2", from: "me", at: 1) == [.yieldName])
        #expect(reader.hasToYield)
        #expect(hear(0, canary: "\(older)-3", from: "me", at: 1) == [])
    }

    @Test mutating func `who began earlier stays, and tells each time that it is there`() throws {
        try follow()
        let newer = ProcessToken(startedAt: 1_000, random: 2).text
        for number in 1...3 {
            let effects = hear(0, canary: "\(newer)-\(number)", from: "me", at: 1)
            #expect(effects == [.sendHeartbeat])
        }
        #expect(!reader.hasToYield)
    }
}
