import CacheDomain
import TestSupport

/// A process that loads, on a clock of the test; several may share a server.
struct LoadingNode: Sendable {
    static let hour = LoadPolicy(timeToLive: .seconds(3600))

    let clock: ManualClock
    let server: InMemoryServer
    let store: BrokenStore
    let tier = LocalTier(LRUStorage(maxEntries: 100, maxBytes: 10_000))
    let gate: ServingGate
    let layer: CacheLayer

    init(
        _ clock: ManualClock,
        _ server: InMemoryServer,
        _ name: String = "a",
        lot: @escaping @Sendable () -> Double = { 1 }
    ) {
        self.clock = clock
        self.server = server
        store = BrokenStore(InMemoryStore(server, node: name))
        gate = ServingGate(origin: clock.now)
        layer = CacheLayer(
            store: store,
            tier: tier,
            gate: gate,
            clock: clock,
            now: { clock.now },
            lot: lot
        )
        gate.open(until: clock.now + .seconds(1_000_000))
    }

    init() {
        let clock = ManualClock()
        self.init(clock, InMemoryServer(now: { clock.now }))
    }

    /// Another client of the server, as of another process that is not heard here.
    var other: InMemoryStore { InMemoryStore(server, node: "other") }

    /// The value and where it came from.
    func read(
        _ source: Source,
        _ policy: LoadPolicy = Self.hour,
        key: String = "k"
    ) async throws -> String {
        Self.text(
            try await layer.value(forKey: key, policy: policy) { try await source.load() }
        )
    }

    static func text(_ value: LoadedValue) -> String {
        let text = value.bytes.map { String(decoding: $0, as: UTF8.self) } ?? "nothing"
        return "\(text) \(value.origin.rawValue)"
    }

    /// What the store has, as any client reads it.
    func stored(_ key: String = "k") async throws -> String? {
        try await other.values(forKeys: [key]).values[0]
            .map { String(decoding: $0.bytes, as: UTF8.self) }
    }

    /// Waits until nobody has the lease of the key.
    func untilReleased(_ key: String = "k") async throws {
        let lease = LoadLease(key: key, timeToLive: .seconds(1))
        try await eventually("the lease is free") {
            try await other.claim(lease, unlessLivesLonger: .seconds(1_000_000)) == .granted
        }
        try await other.release(lease)
    }
}
