import EventLoop
import RedisClient
import Synchronization
import TestSupport
import Testing

/// Many script calls in one write.
@Suite struct RedisScriptPipelineTests {
    private let loop: EventLoop
    private let add = RedisScript("return redis.call('INCRBY', KEYS[1], ARGV[1])")
    private let failing = RedisScript("return redis.call('INCR', KEYS[1])")

    init() throws { loop = try EventLoop(name: "redis") }

    @Test func `calls of scripts that the server does not know are run once, in one more write`()
        async throws
    {
        try await withRedis { server in
            let connection = RedisConnection(try RedisConfiguration(url: server.url), on: loop)
            for round in 1...2 {
                let calls = (1...100).map { add.call(keys: ["sum"], $0) }
                let replies = try await connection.run([RedisCommand("INCR", "runs")], and: calls)
                #expect(replies.count == 101 && replies.first?.integer == round)
                #expect(replies.last?.integer == 5_050 * round)
                // The first time twice, then once.
                #expect(await connection.statistics.pipelines == round + 1)
            }
            #expect(try server.probe().command("GET", "runs").text == "2")
        }
    }

    @Test func `a call or command that fails keeps none of the others from its effect`()
        async throws
    {
        try await withRedis { server in
            let connection = RedisConnection(try RedisConfiguration(url: server.url), on: loop)
            try server.probe().command("SET", "text", "no number")
            for _ in 1...2 {
                let replies = try await connection.run(
                    [RedisCommand("INCR", "text"), RedisCommand("INCR", "count")],
                    and: [
                        add.call(keys: ["sum"], 1), failing.call(keys: ["text"]),
                        add.call(keys: ["sum"], 2),
                    ]
                )
                #expect(replies.map { $0.error != nil } == [true, false, false, true, false])
            }
            #expect(try server.probe().command("MGET", "count", "sum").texts == ["2", "6"])
        }
    }

    @Test func `scripts that are forgotten between two writes are sent again, and no call is lost`()
        async throws
    {
        let forgotten = Mutex(3)
        let peer = ScriptedPeer { command in
            // Knows no digest for a while, as if somebody flushed the scripts again and again.
            guard command.first == "EVALSHA" else { return ":1\r\n" }
            let isForgotten = forgotten.withLock { left in
                left -= 1
                return left >= 0
            }
            return isForgotten ? "-NOSCRIPT No matching script.\r\n" : ":2\r\n"
        }
        let connection = RedisConnection(
            RedisConfiguration(endpoint: .unix(path: "/scripted")),
            on: loop,
            connector: peer
        )
        let calls = (1...2).map { add.call(keys: ["sum"], $0) }
        let replies = try await connection.run([], and: calls)
        // Unknown twice; one by source, the other unknown once more; that one by source.
        #expect(replies.map(\.integer) == [1, 1])
        #expect(
            peer.commands.map(\.first) == ["EVALSHA", "EVALSHA", "EVAL", "EVALSHA", "EVAL"]
        )
    }

    @Test func `a server that never knows a script ends the calls with its answer`() async throws {
        let peer = ScriptedPeer { _ in "-NOSCRIPT No matching script.\r\n" }
        let connection = RedisConnection(
            RedisConfiguration(endpoint: .unix(path: "/scripted")),
            on: loop,
            connector: peer
        )
        let replies = try await connection.run([], and: [add.call(keys: ["sum"], 1)])
        #expect(replies.first?.error?.code == .server(.noScript))
    }
}
