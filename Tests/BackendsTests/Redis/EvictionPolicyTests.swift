import Backends
import TestSupport
import Testing

@Suite struct EvictionPolicyTests {
    @Test(arguments: [
        ("allkeys-lru", true), ("allkeys-random", true), ("volatile-lru", false),
        ("noeviction", false),
    ])
    func `only policies over all keys endanger jobs`(
        policy: String,
        isDangerous: Bool
    )
        async throws
    {
        try await withRedis(RedisServer.Options(configuration: ["maxmemory-policy \(policy)"])) {
            let found = try await EvictionPolicy.read(over: RedisParts($0).connection)
            #expect(found?.name == policy)
            #expect(found?.endangersJobs == isDangerous)
        }
    }

    @Test func `a server that hides its configuration is not asked again`() async throws {
        let options = RedisServer.Options(configuration: ["rename-command CONFIG \"\""])
        try await withRedis(options) { server in
            let policy = try await EvictionPolicy.read(over: RedisParts(server).connection)
            #expect(policy == nil)
        }
    }
}
