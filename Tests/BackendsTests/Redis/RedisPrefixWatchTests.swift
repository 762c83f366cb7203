import Backends
import CacheDomain
import Conformance
import EventLoop
import RedisClient
import Telemetry
import TestSupport
import Testing

@Suite(.timeLimit(.minutes(3))) struct RedisPrefixWatchTests {
    @Test(arguments: PrefixWatchConformance.checks)
    func `Redis keeps the promises of every watch`(check: Check<WatchServer>) async throws {
        try await withRedis { server in
            let parts = try RedisParts(server)
            try await check.run(
                on: WatchServer(
                    watch: try watch(parts, at: server),
                    store: parts.store,
                    write: { try server.probe().command("SET", $0, "x") },
                    empty: { try server.probe().command("FLUSHDB") },
                    interrupt: { try server.probe().command("CLIENT", "KILL", "TYPE", "pubsub") }
                )
            )
        }
    }

    @Test func `a full server takes canaries, too, and the key is never seen`() async throws {
        let options = RedisServer.Options(configuration: ["maxmemory 1"])
        try await withRedis(options) { server in
            let parts = try RedisParts(server)
            let watch = try watch(parts, at: server)
            #expect(throws: RedisProbe.ErrorReply.self) {
                try server.probe().command("SET", "a", "x")
            }
            _ = try await watch.sendCanary("1")
            #expect(try server.probe().command("DBSIZE").integer == 0)
        }
    }

    @Test func `a foreign change drops the copy, and a lost connection its trust`() async throws {
        try await withRedis { server in
            let node = try WatchingNode(server)
            try await node.running {
                let probe = try server.probe()
                try await eventually("it serves") { node.watcher.problem == nil }
                for value in ["a", "b"] {
                    try probe.command("SET", "watched:1", value)
                    try await serves(value, node)
                }
                // What was read over a connection that is gone may be of another server.
                for kind in ["pubsub", "normal"] {
                    try probe.command("CLIENT", "KILL", "TYPE", kind)
                    try await eventually("it is read anew") {
                        (try? await node.read("watched:1")) == "b remote"
                    }
                    try await serves("b", node)
                }
                #expect(node.watcher.statistics.losses == 1)
                try probe.command("FLUSHDB")
                try await eventually("it is gone") { try await node.read("watched:1") == nil }
            }
        }
    }

    @Test func `a server that starts again is watched again`() async throws {
        try await withRedis { server in
            let node = try WatchingNode(server)
            try await node.running {
                try await eventually("it serves") { node.watcher.problem == nil }
                try server.probe().command("SET", "watched:1", "a")
                #expect(try await node.read("watched:1") == "a remote")
                await server.kill()
                try await eventually("the loss is seen") { node.watcher.problem != nil }
                #expect(node.tier.entry(forKey: "watched:1", at: .now) == nil)
                try await server.restart()
                try await eventually("it serves again") { node.watcher.problem == nil }
                #expect(try await node.read("watched:1") == nil)
            }
        }
    }

    @Test(arguments: [
        ["-client|tracking"], ["-client|id"], ["resetchannels"], ["-subscribe"],
    ])
    func `a user without the rights is told which, and what is watched is never served`(
        rights: [String]
    ) async throws {
        try await withRedis { server in
            let probe = try server.probe()
            let all = ["on", ">secret", "~*", "&*", "+@all"]
            try probe.command(["ACL", "SETUSER", "limited"] + all + rights)
            try probe.command("SET", "watched:1", "a")
            let node = try WatchingNode(
                server,
                url: "redis://limited:secret@127.0.0.1:\(server.port)"
            )
            try await node.running(isFollowed: rights.allSatisfy { $0.contains("client") }) {
                try await eventually("the reason is told") {
                    node.watcher.problem?.contains("NOPERM") == true
                }
                if rights.allSatisfy({ $0.contains("client") }) {
                    #expect(node.watcher.problem?.contains("CLIENT TRACKING") == true)
                }
                for _ in 0..<2 { #expect(try await node.read("watched:1") == "a remote") }
                try probe.command(["ACL", "SETUSER", "limited"] + all)
                try await eventually("with the rights it serves") { node.watcher.problem == nil }
            }
        }
    }

    @Test func `prefixes that overlap are refused by Redis, with its words`() async throws {
        try await withRedis { server in
            let subscription = RedisSubscription(
                try RedisConfiguration(url: server.url),
                RedisSubscriptionOptions(trackedPrefixes: ["app:", "app:1"]),
                on: try EventLoop(name: "watch")
            )
            guard case .disconnected(let error) = await subscription.next() else {
                Issue.record("it is refused")
                return
            }
            #expect(error.message.contains("overlaps") && !error.isRetriable)
            await subscription.close()
        }
    }

    /// Waits until the value is read from the copy, which a change on its way may drop once more.
    private func serves(_ value: String, _ node: WatchingNode) async throws {
        try await eventually("the copy says \(value)") {
            try await node.read("watched:1") == "\(value) local"
        }
    }

    private func watch(_ parts: RedisParts, at server: RedisServer) throws -> RedisPrefixWatch {
        RedisPrefixWatch(
            try WatchedPrefixes([WatchServer.prefix]),
            connection: parts.connection,
            keys: parts.keys,
            subscription: parts.subscriptions
        )
    }
}
