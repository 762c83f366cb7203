import Backends
import CacheDomain
import Telemetry
import TestSupport

/// The layers of two processes that follow the log while `body` runs.
func followingLayers(
    _ server: RedisServer,
    _ body: ([CacheLayer]) async throws -> Void
) async throws {
    try await withThrowingTaskGroup(of: Void.self) { group in
        var layers: [CacheLayer] = []
        var followers: [CoherenceFollower] = []
        for name in ["a", "b"] {
            let parts = try RedisParts(server, node: name)
            let tier = LocalTier(LRUStorage(maxEntries: 100, maxBytes: 1 << 20))
            let follower = CoherenceFollower(
                log: parts.log,
                tier: tier,
                logger: Logger(SilentLog())
            )
            layers.append(CacheLayer(store: parts.store, tier: tier, gate: follower.gate))
            followers.append(follower)
            group.addTask { await follower.run() }
        }
        defer { group.cancelAll() }
        try await eventually("both follow the log") { followers.allSatisfy(\.isFollowing) }
        try await body(layers)
    }
}
