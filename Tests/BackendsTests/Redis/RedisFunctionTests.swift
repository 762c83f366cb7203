import CacheDomain
import Conformance
import TestSupport
import Testing
import ValueCoding

@Suite(.timeLimit(.minutes(1))) struct RedisFunctionTests {
    @Test(arguments: FunctionConformance.checks)
    func `cached functions over Redis keep their promises`(
        check: Check<FunctionConformance.Subject>
    ) async throws {
        try await withRedis { server in
            try await followingLayers(server) { layers in
                try await check.run(on: FunctionConformance.Subject(layers, prefix: "test"))
            }
        }
    }

    @Test func `functions run while Redis is away, and their results are kept again behind it`()
        async throws
    {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let layer = CacheLayer(
                store: parts.store,
                tier: LocalTier(LRUStorage(maxEntries: 10, maxBytes: 1 << 20)),
                gate: ServingGate(origin: .now)
            )
            let cache = Cache(layer, namespace: "n", coder: JSONValueCoder())
            let double = cache.cached("double") { (number: Int) in number * 2 }
            let change = cache.invalidating([.function("double")]) { (number: Int) in number }
            #expect(try await double(1) == 2)
            await server.kill()
            #expect(try await double(1) == 2)
            #expect(try await double(2) == 4)
            #expect(try await change(3) == 3)
            #expect(cache.statistics.errors > 0)
            try await server.restart()
            try await eventually("results are kept again") {
                _ = try await double(3)
                return try await cache.exists("double:3")
            }
        }
    }
}
