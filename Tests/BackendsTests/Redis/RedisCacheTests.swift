import CacheDomain
import Conformance
import TestSupport
import Testing
import ValueCoding

@Suite(.timeLimit(.minutes(1))) struct RedisCacheTests {
    @Test(arguments: CacheConformance.checks)
    func `typed values over Redis keep their promises`(
        check: Check<CacheConformance.Subject>
    ) async throws {
        try await withRedis { server in
            try await followingLayers(server) { layers in
                try await check.run(on: CacheConformance.Subject(layers, prefix: "test"))
            }
        }
    }

    @Test func `every client of Redis can read what is set, and set what is read`() async throws {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let layer = CacheLayer(
                store: parts.store,
                tier: LocalTier(LRUStorage(maxEntries: 10, maxBytes: 1 << 20)),
                gate: ServingGate(origin: .now)
            )
            let cache = Cache(layer, namespace: "users", coder: JSONValueCoder())
            let probe = try RedisProbe(port: server.port)
            try await cache.setValue(["name": "Ada"], forKey: "user:1", timeToLive: .seconds(300))
            #expect(try probe.command("GET", "users:user:1").text == #"{"name":"Ada"}"#)
            let left = try #require(try probe.command("TTL", "users:user:1").integer)
            #expect((290...300).contains(left))
            try await cache.increment("hits", by: 3)
            #expect(try probe.command("GET", "users:hits").text == "3")
            _ = try probe.command("SET", "users:list", "[1, 2]")
            #expect(try await cache.value([Int].self, forKey: "list") == [1, 2])
            #expect(try await cache.lifetime("list") == .unlimited)
            _ = try probe.command("SET", "users:list", "[1, ")
            #expect(try await cache.value([Int].self, forKey: "list") == nil)
            #expect(try probe.command("EXISTS", "users:list").integer == 0)
        }
    }
}
