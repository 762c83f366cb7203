import Telemetry
import TestSupport
import Testing

@testable import CacheDomain

@Suite(.timeLimit(.minutes(1))) struct PrefixWatcherTests {
    private let clock = ManualClock()
    private let tier: LocalTier
    private let watch = ScriptedWatch()
    private let watcher: PrefixWatcher

    init() throws {
        let clock = clock
        tier = LocalTier(
            LRUStorage(maxEntries: 100, maxBytes: 10_000),
            watched: try WatchedPrefixes(["app:"])
        )
        watcher = PrefixWatcher(
            watch,
            tier: tier,
            timing: CoherenceFollower.Timing(heartbeat: .seconds(1), lease: .seconds(3)),
            logger: Logger(SilentLog()),
            clock: clock,
            now: { clock.now }
        )
    }

    private func watching(_ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await watcher.run() }
            defer { group.cancelAll() }
            try await body()
        }
    }

    private func hold(_ key: String) {
        let entry = LocalEntry(bytes: [1], expiry: clock.now + .seconds(3_600))
        tier.install(entry, forKey: key, ifUnchangedSince: tier.fillToken(forKey: key))
    }

    private func isServed(_ key: String) -> Bool { tier.entry(forKey: key, at: clock.now) != nil }

    @Test func `copies are served while canaries come back, and dropped when they change`()
        async throws
    {
        hold("app:old")
        try await watching {
            try await eventually("it serves") { watcher.problem == nil }
            hold("app:1")
            hold("app:2")
            #expect(isServed("app:1") && !isServed("app:old"))
            watch.send(.changed(["app:1"]))
            #expect(!isServed("app:1") && isServed("app:2"))
            watch.send(.flushed)
            #expect(tier.count == 0)
            #expect(watcher.statistics.changes == 1 && watcher.statistics.flushes == 1)
        }
        hold("app:3")
        #expect(!isServed("app:3") && watcher.problem == "ended")
    }

    @Test func `a lost watch serves nothing, and trusts only what is read after it is back`()
        async throws
    {
        try await watching {
            try await eventually("it serves") { watcher.problem == nil }
            hold("app:1")
            watch.send(.lost("closed"))
            #expect(!isServed("app:1") && watcher.problem == "closed")
            watch.send(.began)
            try await eventually("it serves again") { watcher.problem == nil }
            #expect(!isServed("app:1") && tier.count == 1)
            hold("app:1")
            #expect(isServed("app:1"))
        }
    }

    @Test func `a watch at another server is given up for a new one`() async throws {
        watch.leadBack(false)
        try await watching {
            for seconds in 1...6 {
                await clock.untilAsleep(1)
                #expect(watch.followers <= 1, "not before two leases are over: \(seconds)")
                clock.advance(by: .seconds(1))
            }
            try await eventually("it is followed anew") { watch.followers == 2 }
            watch.leadBack(true)
            await clock.untilAsleep(1)
            clock.advance(by: .seconds(1))
            try await eventually("it serves") { watcher.problem == nil }
        }
    }

    @Test func `canaries that cannot be sent are told, and tried again each interval`()
        async throws
    {
        watch.fail(with: StoreError(.denied, "NOPERM"))
        try await watching {
            try await eventually("the reason is told") {
                watcher.problem == "its canary cannot be sent: NOPERM"
            }
            watch.fail(with: nil)
            await clock.untilAsleep(1)
            clock.advance(by: .seconds(1))
            try await eventually("it serves") { watcher.problem == nil }
            #expect(watch.followers == 1)
        }
    }
}
