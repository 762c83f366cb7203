import CacheDomain
import TestSupport
import Testing

/// Who has to wait for another process, or for a store that is away.
@Suite(.timeLimit(.minutes(1))) struct LoadWaitingTests {
    private let node = LoadingNode()
    private let source = Source("v")
    private static let away = StoreError(.unavailable, "test")

    /// Another process, which loads and does not come to an end.
    private func begin(for time: Duration) async throws -> LoadLease {
        let lease = LoadLease(key: "k", timeToLive: time)
        let claim = try await node.other.claim(lease, unlessLivesLonger: .zero)
        #expect(claim == .granted)
        return lease
    }

    /// Lets the time pass in which a reader waits.
    private func pass(_ time: Duration) async {
        let end = node.clock.now + time
        while node.clock.now < end {
            await node.clock.untilAsleep(1)
            node.clock.advance(by: .milliseconds(100))
        }
    }

    @Test func `who finds another process loading gets what that one has loaded`() async throws {
        let lease = try await begin(for: .seconds(5))
        async let reading = node.read(source)
        await node.clock.untilAsleep(1)
        let write = CacheWrite(
            key: "k",
            value: Array("theirs".utf8),
            timeToLive: .seconds(60),
            condition: .leased(lease.token)
        )
        #expect(try await node.other.apply(Change(writes: [write])).written == [true])
        node.clock.advance(by: .milliseconds(100))
        #expect(try await reading == "theirs remote")
        #expect(source.count == 0 && node.layer.loadStatistics[.waited] == 1)
    }

    @Test func `when the other process has died somebody else loads after its lease`()
        async throws
    {
        _ = try await begin(for: .seconds(5))
        async let reading = node.read(source)
        await pass(.milliseconds(4900))
        await node.clock.untilAsleep(1)
        #expect(source.count == 0, "the lease is still held")
        node.clock.advance(by: .milliseconds(100))
        #expect(try await reading == "v source")
        #expect(try await node.stored() == "v")
    }

    @Test(arguments: LoadPolicy.Fallback.allCases)
    func `who has waited long enough fails, or loads for himself alone`(
        fallback: LoadPolicy.Fallback
    ) async throws {
        var policy = LoadingNode.hour
        policy.waitTimeout = .seconds(2)
        policy.afterWaiting = fallback
        let lease = try await begin(for: .seconds(600))
        let reading = Task { try await node.read(source, policy) }
        await pass(.seconds(1.9))
        await node.clock.untilAsleep(1)
        node.clock.advance(by: .milliseconds(100))
        switch fallback {
        case .fail:
            await #expect(throws: LoadError.waitedInVain(key: "k", for: .seconds(2))) {
                try await reading.value
            }
        case .load: #expect(try await reading.value == "v source")
        }
        #expect(source.count == (fallback == .load ? 1 : 0))
        #expect(try await node.stored() == nil, "it was not the one to write it")
        #expect(try await node.other.renew(lease), "the other one still may")
        #expect(node.layer.loadStatistics[.waitedInVain] == 1)
    }

    @Test func `while the store is away readers load for themselves, once for all of them`()
        async throws
    {
        let slow = Source("v", isPaused: true)
        node.store.fail(with: Self.away)
        try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<5 { group.addTask { try await node.read(slow) } }
            await slow.reached.wait()
            try await eventually("all have asked") { node.layer.loadStatistics.shared == 4 }
            slow.mayGoOn.open()
            for try await text in group { #expect(text == "v source") }
        }
        #expect(slow.count == 1 && node.layer.loadStatistics[.startedAlone] == 1)
        #expect(try await node.stored() == nil)
        node.store.fail(with: nil)
        #expect(try await node.read(slow) == "v source", "it was kept nowhere")
        #expect(try await node.stored() == "v")
    }

    @Test func `while the store is away readers fail, if that is the policy`() async throws {
        var policy = LoadingNode.hour
        policy.withoutStore = .fail
        node.store.fail(with: Self.away)
        await #expect(throws: Self.away) { try await node.read(source, policy) }
        node.store.fail(with: StoreError(.invalid, "a key of another type"))
        await #expect(throws: StoreError.self) { try await node.read(source) }
        #expect(source.count == 0)
    }

    @Test(arguments: ReadPolicy.allCases)
    func `a copy that may not be trusted is served without the store, if that is the policy`(
        stale: ReadPolicy
    ) async throws {
        var policy = LoadingNode.hour
        policy.stale = stale
        _ = try await node.read(source, policy)
        node.tier.distrustAll()
        source.set("new")
        node.store.fail(with: Self.away)
        let expected = stale == .askStore ? "new source" : "v stale"
        #expect(try await node.read(source, policy) == expected)
        #expect(node.layer.loadStatistics[.servedStale] == (stale == .askStore ? 0 : 1))
    }

    @Test func `a value that cannot be written is told to who asked, and no more`() async throws {
        let slow = Source("v", isPaused: true)
        async let reading = node.read(slow)
        await slow.reached.wait()
        node.store.failChanges(with: Self.away)
        slow.mayGoOn.open()
        #expect(try await reading == "v source")
        #expect(node.layer.loadStatistics[.unwritten] == 1)
        node.store.failChanges(with: nil)
        try await node.untilReleased()
        #expect(try await node.read(slow) == "v source")
    }
}
