import Backends
import Jobs
import TestSupport
import Testing

@Suite("The consumers of a group")
struct RedisConsumersTests {
    private static let stream = "{cw}:jobs:warm"

    /// Makes a consumer that has read one job, which is acknowledged unless it is to be held.
    private func read(_ name: String, holding: Bool = false, _ probe: RedisProbe) throws {
        let id = try probe.command("XADD", Self.stream, "*", "event", "{}").text ?? ""
        try probe.command(
            "XREADGROUP",
            "GROUP",
            "workers",
            name,
            "COUNT",
            "1",
            "STREAMS",
            Self.stream,
            ">"
        )
        if !holding { try probe.command("XACK", Self.stream, "workers", id) }
    }

    private func names(_ probe: RedisProbe) throws -> Set<String> {
        let consumers = try probe.command("XINFO", "CONSUMERS", Self.stream, "workers").elements
        return Set(consumers.compactMap { $0.elements.dropFirst().first?.text })
    }

    @Test("go when they hold nothing and have no lease, and only then")
    func idle() async throws {
        try await withRedis { server in
            let probe = try server.probe()
            try probe.command("XGROUP", "CREATE", Self.stream, "workers", "0", "MKSTREAM")
            try read("dead", probe)
            try read("living", probe)
            try read("holding", holding: true, probe)
            try probe.command("SET", "{cw}:alive:living", "1 warm,", "PX", "600000")
            let parts = try RedisParts(server)
            let consumers = RedisConsumers(connection: parts.connection, keys: parts.keys)
            #expect(try await consumers.removeConsumers(idleFor: .seconds(3_600)) == 0)
            #expect(try await consumers.removeConsumers(idleFor: .zero) == 1)
            #expect(try names(probe) == ["living", "holding"])
            #expect(try probe.command("XPENDING", Self.stream, "workers").elements[0].integer == 1)
            #expect(try await consumers.removeConsumers(idleFor: .zero) == 0)
        }
    }

    @Test("go all, however many they are, on a full server too")
    func many() async throws {
        try await withRedis { server in
            let probe = try server.probe()
            try probe.command("XGROUP", "CREATE", Self.stream, "workers", "0", "MKSTREAM")
            try probe.pipeline(
                (0..<501).map { ["XGROUP", "CREATECONSUMER", Self.stream, "workers", "c\($0)"] }
            )
            try probe.command("CONFIG", "SET", "maxmemory", "1")
            let parts = try RedisParts(server)
            let consumers = RedisConsumers(connection: parts.connection, keys: parts.keys)
            #expect(try await consumers.removeConsumers(idleFor: .zero) == 501)
            #expect(try names(probe).isEmpty)
        }
    }

    @Test("with a lease that has no end are given one, so that their jobs are claimed some day")
    func endlessLease() async throws {
        try await withRedis { server in
            let probe = try server.probe()
            try probe.command("XGROUP", "CREATE", Self.stream, "workers", "0", "MKSTREAM")
            try read("holding", holding: true, probe)
            try probe.command("SET", "{cw}:alive:holding", "1 warm,")
            let parts = try RedisParts(server)
            let consumers = RedisConsumers(connection: parts.connection, keys: parts.keys)
            #expect(try await consumers.removeConsumers(idleFor: .zero) == 0)
            #expect((try probe.command("PTTL", "{cw}:alive:holding").integer ?? 0) > 0)
            #expect(try names(probe) == ["holding"])
        }
    }

    @Test("are none where there is no stream, or no group")
    func nothing() async throws {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let consumers = RedisConsumers(connection: parts.connection, keys: parts.keys)
            #expect(try await consumers.removeConsumers(idleFor: .zero) == 0)
            try server.probe().command("XADD", Self.stream, "*", "event", "{}")
            #expect(try await consumers.removeConsumers(idleFor: .zero) == 0)
        }
    }

    @Test("are not looked at through a key of another type: that is told")
    func wrongType() async throws {
        try await withRedis { server in
            try server.probe().command("SET", Self.stream, "x")
            let parts = try RedisParts(server)
            let consumers = RedisConsumers(connection: parts.connection, keys: parts.keys)
            let error = await #expect(throws: SourceError.self) {
                try await consumers.removeConsumers(idleFor: .zero)
            }
            #expect(error?.isRetriable == false)
        }
    }
}
