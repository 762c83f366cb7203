import Backends
import CacheDomain
import Conformance
import RedisClient
import Telemetry
import TestSupport

/// One process that holds copies of watched keys: layer, follower and watcher over a real server.
struct WatchingNode: Sendable {
    let tier: LocalTier
    let watcher: PrefixWatcher
    private let layer: CacheLayer
    private let follower: CoherenceFollower

    init(_ server: RedisServer, url: String? = nil) throws {
        let parts = try RedisParts(server, url: url)
        let prefixes = try WatchedPrefixes([WatchServer.prefix])
        tier = LocalTier(LRUStorage(maxEntries: 100, maxBytes: 1 << 20), watched: prefixes)
        let watch = RedisPrefixWatch(
            prefixes,
            connection: parts.connection,
            keys: parts.keys,
            subscription: parts.subscriptions
        )
        // A machine that is overloaded must not let a lease run out between two lines of a test.
        let timing = CoherenceFollower.Timing(heartbeat: .milliseconds(500), lease: .seconds(60))
        let logger = Logger(SilentLog())
        watcher = PrefixWatcher(watch, tier: tier, timing: timing, logger: logger)
        follower = CoherenceFollower(log: parts.log, tier: tier, timing: timing, logger: logger)
        layer = CacheLayer(store: parts.store, tier: tier, gate: follower.gate)
    }

    /// Runs all parts while `body` runs.
    func running(isFollowed: Bool = true, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await follower.run() }
            group.addTask { await watcher.run() }
            defer { group.cancelAll() }
            if isFollowed {
                try await eventually("it follows the log") { follower.isFollowing }
            }
            try await body()
        }
    }

    /// The value and where it came from.
    func read(_ key: String) async throws -> String? {
        try await layer.value(forKey: key)
            .map { "\(String(decoding: $0.bytes, as: UTF8.self)) \($0.origin.rawValue)" }
    }
}
