import Backends
import CacheDomain
import TestSupport
import Testing

/// Leases of loads under what only a real server does.
@Suite struct RedisLoadingTests {
    private let lease = LoadLease(key: "app:1", timeToLive: .seconds(600))

    private func fill(
        _ store: RedisStore,
        tags: [String] = []
    ) async throws -> CacheWrite.Outcome? {
        let write = CacheWrite(
            key: lease.key,
            value: [0x31],
            timeToLive: .seconds(60),
            tags: tags,
            condition: .leased(lease.token)
        )
        return try await store.apply(Change(writes: [write])).outcomes.first
    }

    @Test func `a server that lost its data has lost the leases, so nothing old is written`()
        async throws
    {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let probe = try RedisProbe(port: server.port)
            for loss in [["FLUSHDB"], ["DEL", "{cw}:loads"]] {
                let claim = try await parts.store.claim(lease, unlessLivesLonger: .zero)
                #expect(claim == .granted)
                _ = try probe.command(loss)
                #expect(try await fill(parts.store) == .leaseLost)
                #expect(try await parts.store.renew(lease) == false)
                #expect(try probe.command("EXISTS", lease.key).integer == 0)
            }
        }
    }

    @Test func `a full server still purges tags, and then refuses what is being loaded`()
        async throws
    {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let probe = try RedisProbe(port: server.port)
            _ = try await parts.store.claim(lease, unlessLivesLonger: .zero)
            _ = try probe.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
            _ = try probe.command("CONFIG", "SET", "maxmemory", "1")
            await #expect {
                let other = LoadLease(key: "app:2", timeToLive: .seconds(600))
                _ = try await parts.store.claim(other, unlessLivesLonger: .zero)
            } throws: { ($0 as? StoreError)?.code == .full }
            #expect(try await parts.store.purge(.tag("t")) { _, _ in } == 0)
            _ = try probe.command("CONFIG", "SET", "maxmemory", "0")
            #expect(try await fill(parts.store, tags: ["t"]) == .leaseLost)
        }
    }

    @Test func `the leases go with the last of them, and cost nothing before the first`()
        async throws
    {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let probe = try RedisProbe(port: server.port)
            _ = try await parts.store.purge(.tag("t")) { _, _ in }
            _ = try await parts.store.apply(Change(removals: ["k"]))
            #expect(try probe.command("EXISTS", "{cw}:loads").integer == 0)
            for seconds in [600, 60] {
                let lease = LoadLease(key: "app:\(seconds)", timeToLive: .seconds(seconds))
                _ = try await parts.store.claim(lease, unlessLivesLonger: .zero)
                let left = try probe.command("PTTL", "{cw}:loads").integer ?? 0
                #expect(left > 500_000 && left <= 600_000, "as long as the longest")
            }
        }
    }

    @Test func `the keys of the service are loaded by nobody, and a key of another type is there`()
        async throws
    {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let own = LoadLease(key: "{cw}:seq", timeToLive: .seconds(1))
            await #expect {
                _ = try await parts.store.claim(own, unlessLivesLonger: .zero)
            } throws: { ($0 as? StoreError)?.code == .invalid }
            _ = try RedisProbe(port: server.port).command("SADD", lease.key, "member")
            let claim = try await parts.store.claim(lease, unlessLivesLonger: .zero)
            #expect(claim == .present)
        }
    }
}
