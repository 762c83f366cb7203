import Backends
import Jobs
import TestSupport
import Testing

/// Who gets the jobs that a consumer has read and not settled.
@Suite struct RedisClaimingTests {
    private let stream = "{cw}:jobs:warm"

    private func texts(_ batch: borrowing DeliveryBatch) -> [String] {
        batch.deliveries.map { String(decoding: $0.body, as: UTF8.self) }
    }

    private func add(_ events: String..., to server: RedisServer) throws {
        let probe = try RedisProbe(port: server.port)
        for event in events { _ = try probe.command("XADD", stream, "*", "event", event) }
    }

    private func pendingCount(_ server: RedisServer) throws -> Int? {
        try RedisProbe(port: server.port).command("XPENDING", stream, "workers").elements.first?
            .integer
    }

    /// Runs `body` while the source shows that it lives.
    private func alive(_ source: RedisStreamSource, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await source.run() }
            try await body()
            await source.close()
        }
    }

    @Test func `jobs of a consumer that is dead are claimed once its lease has run out`()
        async throws
    {
        try await withRedis { server in
            // Nobody renews its lease: to the others it was killed.
            let dead = try RedisParts(server, node: "dead").source(lease: .milliseconds(300))
            let next = try RedisParts(server, node: "next").source(lease: .milliseconds(300))
            try add("1", "2", "3", to: server)
            _ = try await dead.batch()
            try await alive(next) {
                let claimed = try await next.batch()
                #expect(texts(claimed) == ["1", "2", "3"] && claimed.redeliveredCount == 3)
                try await claimed.settle([.done, .done, .done])
                #expect(try pendingCount(server) == 0)
            }
        }
    }

    @Test func `a living consumer keeps its jobs however slow it is`() async throws {
        try await withRedis { server in
            let slow = try RedisParts(server, node: "slow").source(lease: .milliseconds(300))
            let other = try RedisParts(server, node: "other").source(lease: .milliseconds(300))
            try add("slow job", to: server)
            try await alive(slow) {
                let held = try await slow.batch()
                try await alive(other) {
                    for number in 1...3 {
                        try await untilALeaseHasPassed(server)
                        try add("\(number)", to: server)
                        let batch = try await other.batch()
                        #expect(texts(batch) == ["\(number)"])
                        try await batch.settle([.done])
                    }
                }
                try await held.settle([.done])
                #expect(try pendingCount(server) == 0)
            }
        }
    }

    @Test func `a consumer of a full server keeps its jobs, and a new one can come`() async throws {
        try await withRedis { server in
            let slow = try RedisParts(server, node: "slow").source(lease: .milliseconds(300))
            let other = try RedisParts(server, node: "other").source(lease: .milliseconds(300))
            try add("slow job", to: server)
            try await alive(slow) {
                let held = try await slow.batch()
                let probe = try server.probe()
                try probe.pipeline([
                    ["SET", "marker", "", "PX", "1000"], ["CONFIG", "SET", "maxmemory", "1"],
                ])
                try await alive(other) {
                    try await eventually("three leases have passed") {
                        try probe.command("EXISTS", "marker").integer == 0
                    }
                    #expect(try probe.command("EXISTS", "{cw}:alive:slow").integer == 1)
                    #expect(try probe.command("EXISTS", "{cw}:alive:other").integer == 1)
                }
                try await held.settle([.done])
                #expect(try pendingCount(server) == 0)
            }
        }
    }

    @Test func `a consumer that ends gives up its lease, and another one claims at once`()
        async throws
    {
        try await withRedis { server in
            let first = try RedisParts(server, node: "first").source()
            let next = try RedisParts(server, node: "next").source(lease: .milliseconds(300))
            try add("left over", to: server)
            try await alive(first) { _ = try await first.batch() }
            #expect(
                try RedisProbe(port: server.port).command("EXISTS", "{cw}:alive:first")
                    == .integer(0)
            )
            try await alive(next) {
                let found = try await texts(of: next)
                #expect(found == ["left over"])
            }
        }
    }

    @Test func `a process takes up what an earlier one of its name has left`() async throws {
        try await withRedis { server in
            let before = try RedisParts(server, node: "a").source(lease: .milliseconds(300))
            try add("1", "2", to: server)
            _ = try await before.batch()
            try await untilALeaseHasPassed(server)
            let after = try RedisParts(server, node: "a").source(lease: .milliseconds(300))
            try await alive(after) {
                let found = try await texts(of: after)
                #expect(found == ["1", "2"])
            }
        }
    }

    @Test func `what an earlier process of its name left in a stream it reads no more is claimed`()
        async throws
    {
        try await withRedis { server in
            let lease = Duration.milliseconds(300)
            let parts = try RedisParts(server, node: "a")
            let before = parts.source(of: Lane([.invalidate, .warm]), lease: lease)
            try add("1", "2", to: server)
            _ = try await before.batch()
            try await untilALeaseHasPassed(server)
            let after = try RedisParts(server, node: "a")
            let invalidations = after.source(of: Lane([.invalidate]), lease: lease)
            let warms = after.source(of: Lane([.warm]), lease: lease)
            try await alive(invalidations) {
                try await alive(warms) {
                    let found = try await texts(of: warms)
                    #expect(found == ["1", "2"])
                }
            }
        }
    }

    @Test func `a lease that tells no kinds is one for all of them`() async throws {
        try await withRedis { server in
            let probe = try RedisProbe(port: server.port)
            try add("held", to: server)
            _ = try probe.command("XGROUP", "CREATE", stream, "workers", "0")
            _ = try probe.command(
                "XREADGROUP",
                "GROUP",
                "workers",
                "other",
                "STREAMS",
                stream,
                ">"
            )
            _ = try probe.command("SET", "{cw}:alive:other", "token")
            let source = try RedisParts(server, node: "a").source(lease: .milliseconds(300))
            try await alive(source) {
                try await untilALeaseHasPassed(server)
                try add("new", to: server)
                #expect(try await texts(of: source) == ["new"])
                _ = try probe.command("DEL", "{cw}:alive:other")
                #expect(try await texts(of: source) == ["held"])
            }
        }
    }

    @Test func `two living processes of one name: the second takes no job, and says why`()
        async throws
    {
        try await withRedis { server in
            let first = try RedisParts(server, node: "a").source()
            let second = try RedisParts(server, node: "a").source()
            try add("1", to: server)
            try await alive(first) {
                let held = try await first.batch()
                await #expect {
                    _ = try await second.batch()
                } throws: {
                    "\($0)".contains("another worker is called a")
                }
                try await held.settle([.done])
            }
        }
    }

    @Test func `jobs whose settlement failed come again to a consumer that lives on`()
        async throws
    {
        try await withRedis { server in
            let source = try RedisParts(server).source()
            try add("1", to: server)
            try await alive(source) {
                let batch = try await source.batch()
                // The acknowledgement is refused, as by a server that was made a replica.
                let probe = try RedisProbe(port: server.port)
                _ = try probe.command("REPLICAOF", "127.0.0.1", "1")
                do {
                    try await batch.settle([.done])
                    Issue.record("a replica has acknowledged")
                } catch is SourceError {
                    _ = try probe.command("REPLICAOF", "NO", "ONE")
                }
                let again = try await source.batch()
                #expect(texts(again) == ["1"])
                try await again.settle([.done])
                #expect(try pendingCount(server) == 0)
            }
        }
    }

    @Test func `a dead consumer that holds nothing is forgotten, one that holds a job is not`()
        async throws
    {
        try await withRedis { server in
            let probe = try RedisProbe(port: server.port)
            let parts = try RedisParts(server, node: "next")
            _ = try probe.command("XGROUP", "CREATE", stream, "workers", "0", "MKSTREAM")
            _ = try probe.command("XGROUP", "CREATECONSUMER", stream, "workers", "idle")
            let next = parts.source(lease: .milliseconds(300), forgetConsumersAfter: .zero)
            try await alive(next) {
                async let batch = texts(of: next)
                try await eventually("the idle consumer is gone") {
                    let consumers = try probe.command("XINFO", "CONSUMERS", stream, "workers")
                    return !"\(consumers)".contains("idle")
                }
                try add("wakes the reader", to: server)
                #expect(try await batch == ["wakes the reader"])
            }
        }
    }

    private func texts(of source: RedisStreamSource) async throws -> [String] {
        texts(try await source.batch())
    }

    /// By the clock of the server: a key with the life of a lease has come and gone.
    private func untilALeaseHasPassed(_ server: RedisServer) async throws {
        let probe = try RedisProbe(port: server.port)
        _ = try probe.command("SET", "marker", "", "PX", "400")
        try await eventually("the marker has run out") {
            try probe.command("EXISTS", "marker").integer == 0
        }
    }
}
