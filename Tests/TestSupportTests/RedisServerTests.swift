import TestSupport
import Testing

@Suite("A Redis server of a test", .timeLimit(.minutes(2)))
struct RedisServerTests {
    @Test("answers a probe, in order, any bytes")
    func answers() async throws {
        try await withRedis { redis in
            let probe = try redis.probe()
            #expect(try probe.command("SET", "k", "v") == .status("OK"))
            #expect(try probe.command("GET", "k").text == "v")
            #expect(try probe.command("GET", "absent") == .null)
            #expect(
                try probe.command(bytes: [Array("APPEND".utf8), [0], [13, 10, 255]]).integer == 3
            )
            #expect(try probe.command(bytes: [Array("GET".utf8), [0]]) == .bytes([13, 10, 255]))
            let replies = try probe.pipeline((1...500).map { ["RPUSH", "l", "\($0)"] })
            #expect(replies.last?.integer == 500)
            #expect(try probe.command("LRANGE", "l", "0", "2").texts == ["1", "2", "3"])
            #expect(throws: RedisProbe.ErrorReply.self) { try probe.command("INCR", "l") }
        }
    }

    @Test("wants its password")
    func password() async throws {
        try await withRedis(RedisServer.Options(password: "secret")) { redis in
            #expect(try redis.probe().command("PING") == .status("PONG"))
            let stranger = try RedisProbe(port: redis.port)
            #expect(throws: RedisProbe.ErrorReply.self) { try stranger.command("PING") }
            #expect(redis.url == "redis://:secret@127.0.0.1:\(redis.port)")
        }
    }

    @Test("is silent while paused, and empty on the same port after a restart")
    func faults() async throws {
        try await withRedis { redis in
            try redis.probe().command("SET", "k", "v")
            let impatient = try redis.probe(limit: .milliseconds(50))
            redis.pause()
            #expect(throws: SocketFailure.self) { try impatient.command("PING") }
            redis.resume()
            #expect(try redis.probe().command("GET", "k").text == "v")
            await redis.kill()
            #expect(throws: SocketFailure.self) { try redis.probe() }
            try await redis.restart()
            #expect(try redis.probe().command("GET", "k") == .null)
        }
    }

    @Test("delivers what is published to a subscribed probe")
    func subscription() async throws {
        try await withRedis { redis in
            let listener = try redis.probe()
            try listener.subscribe("news")
            #expect(try redis.probe().command("PUBLISH", "news", "hello").integer == 1)
            #expect(try listener.receive().texts == ["message", "news", "hello"])
        }
    }
}
