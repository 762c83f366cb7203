import CacheDomain
import Telemetry
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(1))) struct CoherenceFollowerTests {
    private let clock = ManualClock()
    private let log = ScriptedLog()
    private let tier = LocalTier(LRUStorage(maxEntries: 100, maxBytes: 10_000))
    private let follower: CoherenceFollower

    init() {
        let clock = clock
        follower = CoherenceFollower(
            log: log,
            tier: tier,
            timing: CoherenceFollower.Timing(heartbeat: .seconds(1), lease: .seconds(3)),
            logger: Logger(SilentLog()),
            clock: clock,
            now: { clock.now }
        )
    }

    private var isServing: Bool { follower.gate.isOpen(at: clock.now) }

    /// Follows while `body` runs.
    private func following(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await follower.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    /// Lets the follower subscribe to a log whose last message is 5.
    private func subscribe() async throws {
        log.answer(5) { _ throws(StoreError) in [ScriptedLog.message(5, ["before"])] }
        await log.send(.subscribed)
        try await eventually("it follows") { isServing }
    }

    private func hold(_ key: String) {
        let asOf = LogPosition(epoch: "e", sequence: 5)
        let entry = LocalEntry(bytes: [1], expiry: clock.now + .seconds(3600), asOf: asOf)
        tier.install(entry, forKey: key, ifUnchangedSince: tier.fillToken(forKey: key))
    }

    @Test func `it serves only after it has read the journal`() async throws {
        hold("old")
        try await following {
            #expect(!isServing)
            try await subscribe()
            #expect(tier.held(forKey: "old", at: clock.now)?.isTrusted == false)
            #expect(follower.applied.sequence == 5)
            #expect(follower.isFollowing)
            #expect(follower.statistics.subscriptions == 1)
            #expect(follower.statistics.distrusts == [.firstSubscription: 1])
        }
        #expect(!isServing && !follower.isFollowing)
    }

    @Test func `a message is applied in the call that reports it`() async throws {
        try await following {
            try await subscribe()
            hold("a")
            hold("b")
            await log.sendMessage(6, ["a"])
            #expect(tier.count == 1)
            #expect(follower.applied.sequence == 6)
        }
    }

    @Test func `the lease counts from the question to the journal, not from its answer`()
        async throws
    {
        try await following {
            try await subscribe()
            log.leadBack(false)
            log.answer(7) { [clock] sequence throws(StoreError) in
                // The process was stopped between the two.
                clock.advance(by: .seconds(2))
                return (5...7).filter { $0 >= sequence }.map { ScriptedLog.message($0, ["k"]) }
            }
            await log.sendMessage(7, ["k"])
            try await eventually("the gap is closed") { follower.applied.sequence == 7 }
            #expect(isServing)
            clock.advance(by: .seconds(1))
            #expect(!isServing)
        }
    }

    @Test func `the lease runs out when nothing is heard, and any message in time renews it`()
        async throws
    {
        try await following {
            try await subscribe()
            // Its own heartbeats would be messages, too.
            log.leadBack(false)
            clock.advance(by: .seconds(2))
            await log.sendMessage(6, ["a"])
            clock.advance(by: .seconds(2))
            #expect(isServing)
            clock.advance(by: .seconds(1))
            #expect(!isServing)
            // Nobody knows how old this one is, so it asks for a message of its own.
            await log.sendMessage(7, ["a"])
            #expect(!isServing)
            log.leadBack(true)
            await clock.untilAsleep(1)
            clock.advance(by: .seconds(1))
            await log.sendMessage(8, ["a"])
            try await eventually("it serves again") { isServing }
        }
    }

    @Test func `it tells how long the log is silent, and what is left of its lease`() async throws {
        #expect(follower.canaryAge == nil && follower.leaseRest == .zero)
        try await following {
            try await subscribe()
            log.leadBack(false)
            await log.sendMessage(6, ["a"])
            #expect(follower.silence == .zero && follower.leaseRest == .seconds(3))
            clock.advance(by: .seconds(2))
            #expect(follower.silence == .seconds(2) && follower.leaseRest == .seconds(1))
            #expect(follower.canaryAge == .seconds(2))
            clock.advance(by: .seconds(2))
            #expect(follower.silence == .seconds(4) && follower.leaseRest == .zero)
            await log.send(.subscribed)
            #expect(follower.canaryAge == nil, "what was heard before proves nothing")
        }
    }

    @Test func `the lease counts from before the journal was asked`() async throws {
        let clock = clock
        try await following {
            try await subscribe()
            log.leadBack(false)
            log.answer(7) { _ throws(StoreError) in
                // The process was stopped while the answer was on its way.
                clock.advance(by: .seconds(4))
                return (5...7).map { ScriptedLog.message($0, $0 == 5 ? ["before"] : ["k"]) }
            }
            await log.sendMessage(7, ["k"])
            try await eventually("caught up") { follower.applied.sequence == 7 }
            #expect(!isServing)
        }
    }

    @Test func `it stops serving as soon as the subscription is lost, and keeps what it has`()
        async throws
    {
        try await following {
            try await subscribe()
            hold("a")
            hold("b")
            await log.send(.lost("test"))
            #expect(!isServing)
            log.answer(6) { sequence throws(StoreError) in
                (sequence...6).map { ScriptedLog.message($0, $0 == 5 ? ["before"] : ["a"]) }
            }
            await log.send(.subscribed)
            try await eventually("it follows again") { isServing }
            #expect(tier.entry(forKey: "a", at: clock.now) == nil)
            #expect(tier.entry(forKey: "b", at: clock.now) != nil)
        }
    }

    @Test func `a journal that cannot be read is asked again until it can`() async throws {
        try await following {
            try await subscribe()
            let reads = log.journalReads
            log.answer(7) { _ throws(StoreError) in throw StoreError(.unavailable, "test") }
            await log.sendMessage(7, ["a"])
            #expect(!isServing)
            for round in 1...3 {
                try await eventually("asked") { log.journalReads == reads + round }
                // One sleeps for the heartbeat, one before it asks again.
                await clock.untilAsleep(2)
                if round == 3 {
                    log.answer(7) { _ throws(StoreError) in
                        (5...7).map { ScriptedLog.message($0, $0 == 5 ? ["before"] : ["a"]) }
                    }
                }
                clock.advance(by: .milliseconds(100))
            }
            try await eventually("it follows again") { isServing }
            #expect(follower.applied.sequence == 7)
        }
    }

    @Test func `a heartbeat is sent when the log is silent, within its interval`() async throws {
        try await following {
            try await subscribe()
            for sequence in 6...15 as ClosedRange<UInt64> {
                await clock.untilAsleep(1)
                clock.advance(by: .milliseconds(400))
                await log.sendMessage(sequence, ["a"])
            }
            await clock.untilAsleep(1)
            // The one that it wanted to hear itself by.
            #expect(log.heartbeats == 1)
            clock.advance(by: .milliseconds(900))
            try await eventually("a heartbeat was sent") { log.heartbeats == 2 }
        }
    }

    @Test func `it does not serve before it has heard itself`() async throws {
        try await following {
            log.leadBack(false)
            log.answer(5) { _ throws(StoreError) in [ScriptedLog.message(5, ["before"])] }
            await log.send(.subscribed)
            try await eventually("only the own messages are missing") {
                follower.problem?.contains("own messages are not heard") == true
            }
            #expect(!isServing && follower.applied.sequence == 5)
            log.leadBack(true)
            await clock.untilAsleep(1)
            clock.advance(by: .milliseconds(900))
            try await eventually("it serves") { isServing }
            #expect(follower.problem == nil)
        }
    }

    @Test func `it says what keeps it from serving, as long as something does`() async throws {
        try await following {
            #expect(follower.problem?.contains("there is no subscription") == true)
            log.answer(5) { _ throws(StoreError) in throw StoreError(.unavailable, "test") }
            await log.send(.subscribed)
            #expect(follower.problem?.contains("its journal has not been read") == true)
            log.answer(5) { _ throws(StoreError) in [ScriptedLog.message(5, ["before"])] }
            try await eventually("it follows") {
                clock.advance(by: .milliseconds(100))
                return follower.problem == nil
            }
            log.leadBack(false)
            clock.advance(by: .seconds(4))
            let silence = try #require(follower.problem)
            #expect(silence.contains("nothing has been heard for "))
            await log.send(.lost("test"))
            #expect(follower.problem?.contains("there is no subscription") == true)
        }
    }

    @Test func `it stops serving when it hears the others only`() async throws {
        try await following {
            try await subscribe()
            log.leadBack(false)
            let proof = clock.now
            var sequence = UInt64(5)
            // The interval of the canary and the lease: no longer than that.
            while clock.now < proof + .seconds(8) {
                #expect(isServing)
                await clock.untilAsleep(1)
                clock.advance(by: .milliseconds(250))
                sequence += 1
                await log.sendMessage(sequence, ["k"])
            }
            #expect(!isServing && follower.applied.sequence == sequence)
        }
    }
}
