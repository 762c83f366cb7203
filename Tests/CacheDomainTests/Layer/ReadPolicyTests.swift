import CacheDomain
import TestSupport
import Testing

/// What readers get while the copy in the process may not be trusted.
@Suite(.timeLimit(.minutes(1))) struct ReadPolicyTests {
    private let clock = ManualClock()
    private let server: InMemoryServer
    private let store: BrokenStore
    private let tier = LocalTier(LRUStorage(maxEntries: 100, maxBytes: 10_000))
    private let gate: ServingGate
    private let layer: CacheLayer

    private static let away = StoreError(.unavailable, "test")

    init() {
        let clock = clock
        server = InMemoryServer(now: { clock.now })
        store = BrokenStore(InMemoryStore(server, node: "a"))
        gate = ServingGate(origin: clock.now)
        layer = CacheLayer(store: store, tier: tier, gate: gate, now: { clock.now })
        gate.open(until: clock.now + .seconds(1_000_000))
    }

    private func write(_ text: String) async throws {
        let write = CacheWrite(key: "k", value: Array(text.utf8), timeToLive: .seconds(600))
        _ = try await layer.write([write])
    }

    /// Somebody else changes the value, and this process does not hear of it.
    private func change(to text: String?) async throws {
        let other = InMemoryStore(server, node: "b")
        var change = Change(removals: ["k"])
        if let text {
            change.writes = [
                CacheWrite(key: "k", value: Array(text.utf8), timeToLive: .seconds(600))
            ]
        }
        _ = try await other.apply(change)
    }

    private func read(_ policy: ReadPolicy) async throws -> String? {
        try await layer.value(forKey: "k", policy: policy)
            .map { "\(String(decoding: $0.bytes, as: UTF8.self)) \($0.origin.rawValue)" }
    }

    @Test(arguments: ReadPolicy.allCases)
    func `a copy within the bound answers, whatever the policy`(policy: ReadPolicy) async throws {
        try await write("v")
        store.fail(with: Self.away)
        #expect(try await read(policy) == "v local")
    }

    @Test(arguments: [true, false])
    func `who asks the store gets what it has, or its error`(isDistrusted: Bool) async throws {
        try await write("old")
        if isDistrusted { tier.distrustAll() } else { gate.shut() }
        try await change(to: "new")
        #expect(try await read(.askStore) == "new remote")
        store.fail(with: Self.away)
        if !isDistrusted {
            await #expect(throws: Self.away) { try await read(.askStore) }
        } else {
            #expect(try await read(.askStore) == "new local", "it was read anew, and is trusted")
        }
    }

    @Test func `a stale copy is served, and marked, when the store cannot answer`() async throws {
        try await write("old")
        gate.shut()
        try await change(to: "new")
        #expect(try await read(.staleIfError) == "new remote")
        store.fail(with: Self.away)
        #expect(try await read(.staleIfError) == "new stale")
        store.fail(with: StoreError(.invalid, "a key of another type"))
        await #expect(throws: StoreError.self) { try await read(.staleIfError) }
    }

    @Test func `a stale copy never outlives its time, nor what the store said is gone`()
        async throws
    {
        try await write("old")
        gate.shut()
        try await change(to: nil)
        store.fail(with: Self.away)
        #expect(try await read(.staleIfError) == "old stale")
        store.fail(with: nil)
        #expect(try await read(.staleIfError) == nil)
        store.fail(with: Self.away)
        await #expect(throws: Self.away) { try await read(.staleIfError) }

        store.fail(with: nil)
        try await write("again")
        store.fail(with: Self.away)
        clock.advance(by: .seconds(60))
        await #expect(throws: Self.away) { try await read(.staleIfError) }
    }

    @Test func `a stale copy may be served at once, and is read anew behind it`() async throws {
        try await write("old")
        tier.distrustAll()
        try await change(to: "new")
        #expect(try await read(.staleWhileRevalidate) == "old stale")
        try await eventually("it was read anew") {
            try await read(.staleWhileRevalidate) == "new local"
        }
        #expect(store.readings == 1, "once for all readers")
    }

    @Test func `a store that fails again and again is not asked, until a probe succeeds`()
        async throws
    {
        try await write("old")
        gate.shut()
        store.fail(with: Self.away)
        for _ in 0..<5 { #expect(try await read(.staleIfError) == "old stale") }
        #expect(layer.breakerState == .open && store.readings == 5)
        #expect(try await read(.staleIfError) == "old stale")
        await #expect(throws: StoreError.self) { try await read(.askStore) }
        #expect(store.readings == 5)
        clock.advance(by: .seconds(30))
        #expect(layer.breakerState == .halfOpen)
        #expect(try await read(.staleIfError) == "old stale")
        #expect(layer.breakerState == .open && store.readings == 6)
        clock.advance(by: .seconds(29))
        store.fail(with: nil)
        await #expect(throws: StoreError.self) { try await read(.askStore) }
        clock.advance(by: .seconds(1))
        #expect(try await read(.askStore) == "old remote")
        #expect(layer.breakerState == .closed)
    }

    @Test func `each read that met a copy in doubt is counted by what became of it`() async throws {
        #expect(try await read(.askStore) == nil)
        try await write("v")
        _ = try await read(.askStore)
        #expect(layer.decisions == [:], "neither a miss nor a copy within the bound is in doubt")
        tier.distrustAll()
        _ = try await read(.askStore)
        #expect(layer.decisions == [.revalidated: 1])
        gate.shut()
        _ = try await read(.askStore)
        #expect(layer.decisions == [.revalidated: 1, .asked: 1])
        store.fail(with: Self.away)
        _ = try await read(.staleIfError)
        _ = try await read(.staleWhileRevalidate)
        await #expect(throws: Self.away) { try await read(.askStore) }
        #expect(layer.decisions == [.revalidated: 1, .asked: 1, .stale: 2, .failed: 1])
    }
}
