import Backends
import Conformance
import Jobs
import TestSupport
import Testing

@Suite struct RedisEventRegistryTests {
    @Test(arguments: EventRegistryConformance.checks)
    func `the registry on Redis keeps the promises of every registry`(
        check: Check<EventRegistryConformance.Subject>
    ) async throws {
        try await withRedis { server in
            let parts = try RedisParts(server)
            try await check.run(
                on: RedisEventRegistry(connection: parts.connection, keys: parts.keys)
            )
        }
    }

    @Test func `each event is a key that goes by itself, also on a full server`() async throws {
        let options = RedisServer.Options(
            configuration: ["maxmemory 1", "maxmemory-policy noeviction"]
        )
        try await withRedis(options) { server in
            let parts = try RedisParts(server)
            let registry = RedisEventRegistry(connection: parts.connection, keys: parts.keys)
            let probe = try server.probe()
            let claim = EventClaim(
                event: "warm:0::1",
                owner: "a",
                mayResume: true,
                lifetime: .seconds(60)
            )
            #expect(try await registry.claim([claim]) == [.granted])
            #expect(try probe.command("KEYS", "*").texts == ["{cw}:event:warm:0::1"])
            #expect(
                try 50_000...60_000 ~= probe.command("PTTL", "{cw}:event:warm:0::1").integer ?? 0
            )
            try await registry.settle([
                EventSettlement(event: "warm:0::1", owner: "a", doneFor: .seconds(600))
            ])
            #expect(
                try 550_000...600_000 ~= probe.command("PTTL", "{cw}:event:warm:0::1").integer ?? 0
            )
        }
    }
}
