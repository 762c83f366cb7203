import Backends
import CacheDomain
import TestSupport
import Testing

@Suite struct RedisStoreTests {
    @Test func `one change is one message with the next number, in journal and channel`()
        async throws
    {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let probe = try RedisProbe(port: server.port)
            let listener = try RedisProbe(port: server.port)
            try listener.subscribe("{cw}:coherence")
            _ = try probe.command("SET", "app:user:1", "x")
            let receipt = try await parts.store.apply(
                Change(removals: ["app:user:1", "app:user:\"2\""])
            )
            #expect(receipt.removedCount == 1)
            #expect(receipt.position.sequence == 1)
            let heard = try listener.receive().texts.last
            #expect(heard?.hasPrefix(#"{"s":1,"e":"\#(receipt.position.epoch)","at":"#) == true)
            #expect(
                heard?.contains(#","n":"a","k":["app:user:1","app:user:\"2\""],"i":""#) == true
            )
            let seconds = try CoherenceMessage(parsing: Array((heard ?? "").utf8)[...]).publishedAt
            let time = try probe.command("TIME").texts.compactMap { Int64($0) }
            #expect(seconds.map { abs($0.components.seconds - time[0]) <= 60 } == true)
            let journal = try probe.command("XRANGE", "{cw}:journal", "-", "+")
            #expect(journal.elements.first?.elements.first?.text == "1-0")
            #expect(journal.elements.first?.elements.last?.texts == ["m", heard ?? ""])
            #expect(try probe.command("GET", "{cw}:seq").text == "1")
        }
    }

    @Test func `two messages about the same are never alike, but for what they say`() async throws {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let probe = try RedisProbe(port: server.port)
            var messages: Set<String> = []
            for _ in 0..<2 {
                let position = try await parts.store.announce(Announcement(keys: ["k"]))
                let message = try await parts.log.journal(from: 0, limit: 1).first ?? []
                messages.insert(
                    String(decoding: message, as: UTF8.self)
                        .replacing(position.epoch, with: "epoch")
                        .replacing(#/"at":\d{16},/#, with: "")
                )
                // As a server that took over and has never had the message.
                _ = try probe.command("FLUSHDB")
            }
            #expect(messages.count == 2)
            #expect(messages.allSatisfy { $0.hasPrefix(#"{"s":1,"e":"epoch","n":"a","k":["k"]"#) })
        }
    }

    @Test func `a lost counter, a lost epoch or an emptied server begins a new epoch at one`()
        async throws
    {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let probe = try RedisProbe(port: server.port)
            var last = try await parts.store.announce(Announcement(keys: ["k"]))
            for loss in [["DEL", "{cw}:seq"], ["DEL", "{cw}:epoch"], ["FLUSHDB"]] {
                last = try await parts.store.announce(Announcement(keys: ["k"]))
                _ = try probe.command(loss)
                let next = try await parts.store.announce(Announcement(keys: ["k"]))
                #expect(next.sequence == 1)
                #expect(next.epoch != last.epoch)
            }
        }
    }

    @Test func `a counter that fell behind its journal begins a new epoch, too`() async throws {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let probe = try RedisProbe(port: server.port)
            for _ in 0..<5 { _ = try await parts.store.announce(Announcement(keys: ["k"])) }
            let before = try await parts.log.position()
            _ = try probe.command("SET", "{cw}:seq", "2")
            let after = try await parts.store.announce(Announcement(keys: ["k"]))
            #expect(after.sequence == 1)
            #expect(after.epoch != before.epoch)
            #expect(try probe.command("XLEN", "{cw}:journal").integer == 1)
        }
    }

    @Test func `the keys of the service are refused by name and spared by patterns`() async throws {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let probe = try RedisProbe(port: server.port)
            _ = try probe.command("XADD", "{cw}:jobs:invalidate", "*", "event", "{}")
            _ = try probe.command("SADD", "cw:tag:t", "app:1")
            _ = try probe.command("SET", "app:1", "x")
            for key in ["{cw}:jobs:invalidate", "{cw}:seq", "cw:tag:t"] {
                await #expect {
                    _ = try await parts.store.apply(Change(removals: [key]))
                } throws: { ($0 as? StoreError)?.code == .invalid }
            }
            #expect(try await parts.store.purge(.pattern("*")) { _, _ in } == 1)
            #expect(try await parts.store.purge(.namespace("cw:tag")) { _, _ in } == 0)
            #expect(try probe.command("XLEN", "{cw}:jobs:invalidate").integer == 1)
            #expect(try probe.command("SCARD", "cw:tag:t").integer == 1)
        }
    }

    @Test func `with the log on another server a change is announced before and after`()
        async throws
    {
        try await withRedis { server in
            try await withRedis { logServer in
                let parts = try RedisParts(server, log: logServer)
                let data = try RedisProbe(port: server.port)
                let log = try RedisProbe(port: logServer.port)
                let write = CacheWrite(
                    key: "k",
                    value: Array("1".utf8),
                    timeToLive: .seconds(60),
                    tags: ["t"]
                )
                let receipt = try await parts.store.apply(Change(writes: [write]))
                #expect(receipt.written == [true])
                #expect(receipt.position.sequence == 2)
                #expect(try data.command("GET", "k").text == "1")
                #expect(try data.command("EXISTS", "{cw}:seq").integer == 0)
                #expect(try log.command("XLEN", "{cw}:journal").integer == 2)
            }
        }
    }

    @Test func `a full server refuses to write, and still removes and announces`() async throws {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let probe = try RedisProbe(port: server.port)
            _ = try probe.command("SET", "k", "x")
            _ = try probe.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
            _ = try probe.command("CONFIG", "SET", "maxmemory", "1")
            let write = CacheWrite(key: "k", value: [0x31], timeToLive: .seconds(60))
            await #expect {
                _ = try await parts.store.apply(Change(writes: [write]))
            } throws: {
                ($0 as? StoreError)?.code == .full
            }
            #expect(try await parts.store.apply(Change(removals: ["k"])).removedCount == 1)
            #expect(try probe.command("EXISTS", "k").integer == 0)
        }
    }
}
