import Backends
import TestSupport
import Testing

@Suite struct RedisLifeTests {
    @Test func `a store beside the log has one life until its data or its process goes`()
        async throws
    {
        try await withRedis { log in
            try await withRedis { data in
                let parts = try RedisParts(data, log: log)
                let first = try await parts.store.life()
                _ = try RedisProbe(port: data.port).command("SET", "app:user:1", "x")
                let second = try await parts.store.life()
                #expect(second == first)
                let other = try await RedisParts(data, log: log, node: "b").store.life()
                #expect(other == first, "all nodes see the same")

                _ = try RedisProbe(port: data.port).command("FLUSHDB")
                let flushed = try await parts.store.life()
                #expect(flushed != first)

                let probe = try RedisProbe(port: data.port)
                _ = try probe.command("CONFIG", "SET", "save", "3600 1")
                _ = try probe.command("SAVE")
                await data.kill()
                try await data.restart()
                try await eventually("the restarted server is asked") {
                    (try? await parts.store.life()).map { $0 != flushed } ?? false
                }
            }
        }
    }

    @Test func `a store on the server of the log has no life of its own`() async throws {
        try await withRedis { server in
            let parts = try RedisParts(server)
            #expect(parts.store.lifeBesideLog == nil)
        }
    }
}
