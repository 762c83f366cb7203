import CacheDomain
import Telemetry
import TestSupport

/// Runs a body with the cache of one process that follows its log, without a server.
func withLayer(_ body: (CacheLayer) async throws -> Void) async throws {
    let store = InMemoryStore(InMemoryServer(), node: "example")
    let tier = LocalTier(LRUStorage(maxEntries: 1000, maxBytes: 1 << 20))
    let follower = CoherenceFollower(log: store, tier: tier, logger: Logger(SilentLog()))
    let layer = CacheLayer(store: store, tier: tier, gate: follower.gate)
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { await follower.run() }
        defer { group.cancelAll() }
        try await eventually("copies are served") { follower.gate.isOpen(at: .now) }
        try await body(layer)
    }
}
