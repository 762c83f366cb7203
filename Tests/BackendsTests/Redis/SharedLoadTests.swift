import Backends
import CacheDomain
import Synchronization
import Telemetry
import TestSupport
import Testing

/// Several processes that load over one real server.
@Suite(.timeLimit(.minutes(2))) struct SharedLoadTests {
    /// A process: layer, tier and follower as the program joins them.
    private struct Node: Sendable {
        let parts: RedisParts
        let layer: CacheLayer
        let follower: CoherenceFollower

        init(_ server: RedisServer, _ name: String) throws {
            parts = try RedisParts(server, node: name)
            let tier = LocalTier(LRUStorage(maxEntries: 1000, maxBytes: 1 << 20))
            follower = CoherenceFollower(log: parts.log, tier: tier, logger: Logger(SilentLog()))
            layer = CacheLayer(store: parts.store, tier: tier, gate: follower.gate)
        }
    }

    /// Where values come from: how often each was asked for.
    private final class Source: Sendable {
        private let counts = Mutex<[String: Int]>([:])
        let reached = Latch()
        let mayGoOn = Latch()

        var count: [String: Int] { counts.withLock(\.self) }

        func load(_ key: String, isPaused: Bool = false) async -> [UInt8]? {
            let count = counts.withLock { counts in
                counts[key, default: 0] += 1
                return counts[key] ?? 0
            }
            if isPaused, count == 1 {
                reached.open()
                await mayGoOn.wait()
            }
            return Array("\(key) \(count)".utf8)
        }
    }

    private let source = Source()
    private let policy = LoadPolicy(
        timeToLive: .seconds(600),
        tags: ["t"],
        afterWaiting: .fail,
        leaseTime: .seconds(60),
        waitTimeout: .seconds(60)
    )

    private func following(
        _ server: RedisServer,
        _ body: ([Node]) async throws -> Void
    ) async throws {
        let nodes = try ["a", "b", "c"].map { try Node(server, $0) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for node in nodes { group.addTask { await node.follower.run() } }
            defer { group.cancelAll() }
            try await eventually("all nodes serve") { nodes.allSatisfy(\.follower.isFollowing) }
            try await body(nodes)
        }
    }

    @Test func `of all who want a key in all processes one loads it`() async throws {
        try await withRedis { server in
            try await following(server) { nodes in
                let keys = (0..<20).map { "app:\($0)" }
                try await withThrowingTaskGroup(of: (String, LoadedValue).self) { group in
                    for key in keys {
                        for caller in 0..<30 {
                            group.addTask {
                                let value = try await nodes[caller % 3].layer
                                    .value(forKey: key, policy: policy) { await source.load(key) }
                                return (key, value)
                            }
                        }
                    }
                    for try await (key, value) in group {
                        #expect(value.bytes == Array("\(key) 1".utf8))
                    }
                }
                #expect(source.count == Dictionary(uniqueKeysWithValues: keys.map { ($0, 1) }))
                let filled = nodes.map { $0.layer.loadStatistics[.filled] }
                #expect(filled.reduce(0, +) == keys.count)
            }
        }
    }

    @Test(arguments: [
        Change(removals: ["app:k"]), nil,
        Change(writes: [CacheWrite(key: "app:k", value: [0x77], timeToLive: .seconds(60))]),
    ])
    func `what another process changes or purges meanwhile is not overwritten`(
        change: Change?
    ) async throws {
        try await withRedis { server in
            try await following(server) { nodes in
                let load: @Sendable () async throws -> [UInt8]? = {
                    await source.load("app:k", isPaused: true)
                }
                async let reading = nodes[0].layer
                    .value(forKey: "app:k", policy: policy, load: load)
                await source.reached.wait()
                if let change, change.writes.isEmpty {
                    _ = try await nodes[1].layer.remove(change.removals)
                } else if let change {
                    _ = try await nodes[1].layer.write(change.writes)
                } else {
                    _ = try await nodes[1].layer.purge([.tag("t")])
                }
                source.mayGoOn.open()
                #expect(try await reading.bytes == Array("app:k 1".utf8))
                let expected = change?.writes.first?.value ?? Array("app:k 2".utf8)
                for node in nodes + nodes {
                    let value = try await node.layer
                        .value(forKey: "app:k", policy: policy, load: load)
                    #expect(value.bytes == expected)
                }
                let stored = try await nodes[2].parts.store.values(forKeys: ["app:k"]).values[0]
                #expect(stored?.bytes == expected)
            }
        }
    }

    @Test func `when a process dies while it loads another one does, after the lease`()
        async throws
    {
        try await withRedis { server in
            try await following(server) { nodes in
                let dead = LoadLease(key: "app:k", timeToLive: .milliseconds(300))
                let claim = try await nodes[0].parts.store.claim(dead, unlessLivesLonger: .zero)
                #expect(claim == .granted)
                let value = try await nodes[1].layer
                    .value(forKey: "app:k", policy: policy) { await source.load("app:k") }
                #expect(value.origin == .source)
                #expect(try await nodes[0].parts.store.renew(dead) == false)
                let write = CacheWrite(
                    key: "app:k",
                    value: [0x64],
                    timeToLive: .seconds(60),
                    condition: .leased(dead.token)
                )
                let late = try await nodes[0].parts.store.apply(Change(writes: [write]))
                #expect(late.outcomes == [.leaseLost], "it was not dead after all")
                let stored = try await nodes[0].parts.store.values(forKeys: ["app:k"]).values[0]
                #expect(stored?.bytes == Array("app:k 1".utf8))
            }
        }
    }
}
