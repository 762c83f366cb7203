import CacheDomain
import Telemetry
import TestSupport

/// One process of several that share a server: layer, tier and follower as the program joins them.
struct CacheNode: Sendable {
    let layer: CacheLayer
    let store: InMemoryStore
    let follower: CoherenceFollower
    private let tier = LocalTier(LRUStorage(maxEntries: 1000, maxBytes: 1 << 20))

    init(_ name: String, _ server: InMemoryServer, pause: PausedStore? = nil) {
        store = InMemoryStore(server, node: name)
        follower = CoherenceFollower(log: store, tier: tier, logger: Logger(SilentLog()))
        layer = CacheLayer(store: pause ?? store, tier: tier, gate: follower.gate)
    }

    /// Follows the log on all nodes while `body` runs.
    static func following(_ nodes: CacheNode..., body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for node in nodes { group.addTask { await node.follower.run() } }
            defer { group.cancelAll() }
            try await eventually("all nodes serve") {
                nodes.allSatisfy { $0.follower.gate.isOpen(at: .now) }
            }
            try await body()
        }
    }

    /// The value and where it came from.
    func read(_ key: String) async throws -> String? {
        try await layer.value(forKey: key)
            .map { "\(String(decoding: $0.bytes, as: UTF8.self)) \($0.origin.rawValue)" }
    }

    func write(_ key: String, _ text: String, tags: [String] = []) async throws {
        let write = CacheWrite(
            key: key,
            value: Array(text.utf8),
            timeToLive: .seconds(600),
            tags: tags
        )
        _ = try await layer.write([write])
    }
}
