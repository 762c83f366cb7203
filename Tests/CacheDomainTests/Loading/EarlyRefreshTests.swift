import Synchronization
import TestSupport
import Testing

@testable import CacheDomain

/// Values that are loaded anew while they are fresh.
@Suite(.timeLimit(.minutes(1))) struct EarlyRefreshTests {
    private let lots = Lots()
    private let node: LoadingNode
    private let source = Source("old")
    private let policy = LoadPolicy(
        timeToLive: .seconds(100),
        freshTime: .seconds(60),
        earlyRefresh: EarlyRefresh(),
        leaseTime: .seconds(30)
    )

    /// What the readers draw.
    private final class Lots: Sendable {
        private let next = Mutex(1.0)

        var value: Double { next.withLock(\.self) }

        func set(_ lot: Double) { next.withLock { $0 = lot } }
    }

    init() {
        let clock = ManualClock()
        let lots = lots
        node = LoadingNode(
            clock,
            InMemoryServer(now: { clock.now }),
            lot: { lots.value }
        )
    }

    /// A load that took ten seconds, and a source that has something new since.
    private func prepare() async throws {
        let clock = node.clock
        let source = source
        _ = try await node.layer.value(forKey: "k", policy: policy) {
            clock.advance(by: .seconds(10))
            return try await source.load()
        }
        source.set("new")
    }

    @Test func `the lot falls on nobody as long as the end is far`() async throws {
        try await prepare()
        lots.set(0.01)
        // 10 s of loading times 4.6 is less than the 60 s that it is fresh.
        #expect(try await node.read(source, policy) == "old local")
        #expect(source.count == 1)
    }

    @Test(arguments: [true, false])
    func `on whom it falls gets the value at once, and it is loaded anew behind him`(
        isHeldHere: Bool
    ) async throws {
        try await prepare()
        if !isHeldHere { _ = node.tier.removeExpired(at: node.clock.now + .seconds(1000)) }
        node.clock.advance(by: .seconds(20))
        lots.set(0.01)
        let first = try await node.read(source, policy)
        #expect(first == (isHeldHere ? "old local" : "old remote"))
        lots.set(1)
        try await eventually("it is new") { try await node.read(source, policy) == "new local" }
        #expect(source.count == 2)
        #expect(try await node.stored() == "new")
        try await node.untilReleased()
    }

    @Test func `who has loaded nothing himself draws no lot`() async throws {
        try await prepare()
        let second = LoadingNode(node.clock, node.server, "b", lot: { 0 })
        #expect(try await second.read(source, policy) == "old remote")
        #expect(try await second.read(source, policy) == "old local")
        #expect(source.count == 1)
    }

    @Test func `a source that fails early is no failure for anybody`() async throws {
        try await prepare()
        source.fail(true)
        lots.set(0)
        for _ in 0..<3 { #expect(try await node.read(source, policy) == "old local") }
        try await eventually("it was asked") { source.count > 1 }
        lots.set(1)
        #expect(try await node.read(source, policy) == "old local")
        #expect(try await node.stored() == "old")
    }

    @Test func `one of many processes loads ahead`() async throws {
        try await prepare()
        let second = LoadingNode(node.clock, node.server, "b", lot: { 0 })
        // It knows how long loads take from another key.
        let clock = node.clock
        _ = try await second.layer.value(forKey: "other", policy: policy) {
            clock.advance(by: .seconds(1))
            return [1]
        }
        let slow = Source("new", isPaused: true)
        lots.set(0)
        #expect(try await node.read(slow, policy) == "old local")
        await slow.reached.wait()
        for _ in 0..<3 { #expect(try await second.read(slow, policy).hasPrefix("old")) }
        slow.mayGoOn.open()
        lots.set(1)
        try await eventually("it is new") { try await node.read(slow, policy) == "new local" }
        #expect(slow.count == 1)
    }

    @Test func `the rule is that of the paper`() {
        let rule = EarlyRefresh(beta: 2)
        let ten = Duration.seconds(10)
        // -10 * 2 * ln(0.5) is 13.86.
        #expect(rule.isDue(in: .seconds(13.8), loadTime: ten, lot: 0.5))
        #expect(!rule.isDue(in: .seconds(13.9), loadTime: ten, lot: 0.5))
        #expect(!rule.isDue(in: .milliseconds(1), loadTime: ten, lot: 1))
        #expect(rule.isDue(in: .seconds(1_000_000), loadTime: ten, lot: 0))
    }

    @Test func `the time that loads take is a moving average, of a bounded number of policies`() {
        var times = LoadTimes()
        times.saw(.seconds(8), of: policy)
        times.saw(.seconds(4), of: policy)
        #expect(times[policy] == .seconds(7))
        for number in 1...LoadTimes.maxPolicies {
            times.saw(.seconds(1), of: LoadPolicy(timeToLive: .seconds(number + 1000)))
        }
        #expect(times[policy] == nil)
    }
}
