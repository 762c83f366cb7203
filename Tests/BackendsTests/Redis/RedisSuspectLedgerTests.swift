import Backends
import Conformance
import Jobs
import TestSupport
import Testing

@Suite struct RedisSuspectLedgerTests {
    @Test(arguments: SuspectLedgerConformance.checks)
    func `the ledger on Redis keeps the promises of every ledger`(
        check: Check<SuspectLedgerConformance.Subject>
    ) async throws {
        try await withRedis { server in
            let parts = try RedisParts(server)
            try await check.run(
                on: RedisSuspectLedger(connection: parts.connection, keys: parts.keys)
            )
        }
    }

    @Test func `it is one hash that goes by its age, and is gone when nobody is charged`()
        async throws
    {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let ledger = RedisSuspectLedger(connection: parts.connection, keys: parts.keys)
            _ = try await ledger.charge("a", limit: 3, takingBack: nil)
            let probe = try server.probe()
            #expect(try probe.command("KEYS", "*").texts == ["{cw}:suspects"])
            let life = try probe.command("PTTL", "{cw}:suspects").integer ?? 0
            #expect(3_500_000...3_600_000 ~= life)
            try await ledger.takeBack(["a"])
            #expect(try probe.command("EXISTS", "{cw}:suspects").integer == 0)
        }
    }

    @Test func `a full server lets suspects be charged, and a server that is away says so`()
        async throws
    {
        let options = RedisServer.Options(configuration: [
            "maxmemory 1", "maxmemory-policy noeviction",
        ])
        try await withRedis(options) { server in
            let parts = try RedisParts(server)
            let ledger = RedisSuspectLedger(connection: parts.connection, keys: parts.keys)
            #expect(try await ledger.charge("a", limit: 3, takingBack: nil) == 0)
            #expect(try await ledger.charge("a", limit: 3, takingBack: nil) == 1)
            await server.kill()
            await #expect(throws: SourceError.self) {
                try await ledger.charge("a", limit: 3, takingBack: nil)
            }
            await #expect(throws: SourceError.self) { try await ledger.takeBack(["a"]) }
        }
    }
}
