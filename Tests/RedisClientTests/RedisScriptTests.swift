import EventLoop
import RedisClient
import TestSupport
import Testing

@Suite struct RedisScriptTests {
    private let loop: EventLoop

    init() throws { loop = try EventLoop(name: "redis") }

    private let script = RedisScript("return {KEYS[1], ARGV[1], redis.call('INCR', KEYS[2])}")

    @Test func `a script runs by digest, and by source after SCRIPT FLUSH`() async throws {
        try await withRedis { server in
            let connection = RedisConnection(try RedisConfiguration(url: server.url), on: loop)
            let call = script.call(keys: ["a", "count"], "x")
            for round in 1...4 {
                let reply = try await connection.run(call)
                #expect(reply.description == "[\"a\", \"x\", \(round)]")
                if round == 2 { try server.probe().command("SCRIPT", "FLUSH") }
            }
            let probe = try server.probe()
            #expect(try probe.command("SCRIPT", "EXISTS", script.digest) == .array([.integer(1)]))
        }
    }

    @Test func `a script of the configuration is known to every new connection`() async throws {
        try await withRedis { server in
            var configuration = try RedisConfiguration(url: server.url)
            configuration.scripts = [script]
            let connection = RedisConnection(configuration, on: loop)
            var pipeline = Pipeline()
            pipeline.append(script.call(keys: ["a", "count"], "x"))
            #expect(try await connection.execute(pipeline)[0][2]?.integer == 1)
            try await server.restart()
            try await eventually("the link is back") { await connection.generation == 2 }
            #expect(try await connection.execute(pipeline)[0][2]?.integer == 1)
            try server.probe().command("SCRIPT", "FLUSH")
            let replies = try await connection.execute(pipeline)
            #expect(replies.firstError?.code == .server(.noScript))
            #expect(replies.firstError?.isRetriable == true)
        }
    }

    @Test func `an error inside a script is thrown, not run again`() async throws {
        try await withRedis { server in
            let connection = RedisConnection(try RedisConfiguration(url: server.url), on: loop)
            let failing = RedisScript(
                "redis.call('INCR', 'runs'); return redis.error_reply('OOM no room')"
            )
            await #expect {
                try await connection.run(failing.call(keyCount: 0))
            } throws: {
                ($0 as? RedisError)?.code == .server(.outOfMemory)
            }
            #expect(try server.probe().command("GET", "runs").text == "1")
        }
    }
}
