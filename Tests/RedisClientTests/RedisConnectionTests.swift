import EventLoop
import RedisClient
import Telemetry
import TestSupport
import Testing

/// The connection against a real server.
@Suite struct RedisConnectionTests {
    private let loop: EventLoop

    init() throws { loop = try EventLoop(name: "redis") }

    private func configuration(_ server: RedisServer) throws -> RedisConfiguration {
        var configuration = try RedisConfiguration(url: server.url)
        configuration.clientName = "tests"
        configuration.backoff = ReconnectBackoff(
            base: .milliseconds(5),
            cap: .milliseconds(100),
            hopelessCap: .milliseconds(100)
        )
        return configuration
    }

    private func failure(_ body: () async throws(RedisError) -> Void) async -> RedisError? {
        do throws(RedisError) {
            try await body()
            return nil
        } catch {
            return error
        }
    }

    @Test func `commands are answered, over TCP and over a Unix socket`() async throws {
        try await withRedis { server in
            for url in [server.url, server.unixURL + "?db=3"] {
                let connection = RedisConnection(try RedisConfiguration(url: url), on: loop)
                #expect(try await connection.execute(RedisCommand("SET", "k", 1)).string == "OK")
                #expect(try await connection.execute(RedisCommand("INCR", "k")).integer == 2)
                await connection.close()
            }
            let probe = try server.probe()
            try probe.command("SELECT", "3")
            #expect(try probe.command("GET", "k").text == "2")
        }
    }

    @Test func `a pipeline of 100,000 commands is answered in order`() async throws {
        try await withRedis { server in
            let connection = RedisConnection(try configuration(server), on: loop)
            var pipeline = Pipeline()
            for number in 0..<100_000 { pipeline.append("ECHO", number) }
            let replies = try await connection.execute(pipeline)
            #expect(replies.count == 100_000)
            #expect(replies.enumerated().allSatisfy { $0.element.string == String($0.offset) })
        }
    }

    @Test func `an error reply is thrown by a command and a value in a pipeline`() async throws {
        try await withRedis { server in
            let connection = RedisConnection(try configuration(server), on: loop)
            _ = try await connection.execute(RedisCommand("SET", "k", "v"))
            let error = await failure { () throws(RedisError) in
                _ = try await connection.execute(RedisCommand("LPUSH", "k", "v"))
            }
            #expect(error?.code == .server(.wrongType))
            #expect(error?.outcome == .answered)
            #expect(error?.isRetriable == false)
            var pipeline = Pipeline()
            pipeline.append("LPUSH", "k", "v")
            pipeline.append("GET", "k")
            let replies = try await connection.execute(pipeline)
            #expect(replies.firstError?.code == .server(.wrongType))
            #expect(replies[1].string == "v")
        }
    }

    @Test func `a wrong password is an authentication error that no retry helps`() async throws {
        try await withRedis(.init(password: "right")) { server in
            var wrong = try configuration(server)
            wrong.password = "wrong-secret"
            for password in ["wrong-secret", nil] {
                wrong.password = password.map { Secret($0) }
                let connection = RedisConnection(wrong, on: loop)
                for _ in 0..<3 {
                    let error = await failure { () throws(RedisError) in
                        _ = try await connection.execute(RedisCommand("PING"))
                    }
                    #expect(error?.code == .authentication)
                    #expect(error?.isRetriable == false)
                    #expect(error?.outcome == .notSent)
                    #expect(error?.message.contains("secret") == false)
                }
            }
            let right = RedisConnection(try configuration(server), on: loop)
            #expect(try await right.execute(RedisCommand("PING")).string == "PONG")
        }
    }

    @Test func `user, database and name are those of the configuration`() async throws {
        try await withRedis { server in
            try server.probe().command("ACL", "SETUSER", "app", "on", ">pw", "~*", "+@all")
            var configuration = try configuration(server)
            configuration.user = "app"
            configuration.password = "pw"
            configuration.database = 2
            configuration.clientName = "my-name"
            let connection = RedisConnection(configuration, on: loop)
            let info = try await connection.execute(RedisCommand("CLIENT", "INFO")).string ?? ""
            for field in ["user=app", "db=2", "name=my-name"] { #expect(info.contains(field)) }
        }
    }

    @Test func `a port where nobody listens is a retriable connection error`() async throws {
        var configuration = RedisConfiguration(
            endpoint: .tcp(host: "127.0.0.1", port: try FreePort.next())
        )
        configuration.connectTimeout = .milliseconds(500)
        let connection = RedisConnection(configuration, on: loop)
        let error = await failure { () throws(RedisError) in
            _ = try await connection.execute(RedisCommand("PING"))
        }
        #expect(error?.code == .connection(.refused))
        #expect(error?.isRetriable == true)
        #expect(error?.outcome == .notSent)
    }

    @Test func `a stopped server is a timeout with an unknown outcome, then work goes on`()
        async throws
    {
        try await withRedis { server in
            var configuration = try configuration(server)
            configuration.commandTimeout = .milliseconds(300)
            configuration.connectTimeout = .seconds(10)
            let connection = RedisConnection(configuration, on: loop)
            _ = try await connection.execute(RedisCommand("PING"))
            server.pause()
            let error = await failure { () throws(RedisError) in
                _ = try await connection.execute(RedisCommand("SET", "k", "v"))
            }
            #expect(error?.code == .timeout)
            #expect(error?.isOutcomeUnknown == true)
            server.resume()
            #expect(try await connection.execute(RedisCommand("PING")).string == "PONG")
            #expect(await connection.generation == 2)
        }
    }

    @Test func `a killed server fails what is in flight, and its successor is used`() async throws {
        try await withRedis { server in
            let connection = RedisConnection(try configuration(server), on: loop)
            let block = Task { () async -> RedisError? in
                await failure { () throws(RedisError) in
                    let command = RedisCommand("BLPOP", "nothing", 0)
                    _ = try await connection.execute(command, blockingFor: .seconds(60))
                }
            }
            let probe = try server.probe()
            try await eventually("the client blocks") {
                try probe.command("INFO", "clients").text?.contains("blocked_clients:1") == true
            }
            try await server.restart()
            let error = await block.value
            #expect(error?.isOutcomeUnknown == true)
            #expect(error?.isRetriable == true)
            #expect(try await connection.execute(RedisCommand("PING")).string == "PONG")
            #expect(await connection.generation == 2)
        }
    }

    @Test func `a killed client connection is made again`() async throws {
        try await withRedis { server in
            let connection = RedisConnection(try configuration(server), on: loop)
            for generation in 1...3 {
                _ = try await connection.execute(RedisCommand("PING"))
                #expect(await connection.generation == UInt64(generation))
                try server.probe().command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
                try await eventually("it is made again") {
                    await connection.generation == UInt64(generation) + 1
                }
            }
        }
    }

    @Test func `a blocking read may take its time beyond the command timeout`() async throws {
        try await withRedis { server in
            var configuration = try configuration(server)
            configuration.commandTimeout = .milliseconds(200)
            let connection = RedisConnection(configuration, on: loop)
            let reply = try await connection.execute(
                RedisCommand("BLPOP", "nothing", 0.6),
                blockingFor: .milliseconds(600)
            )
            #expect(reply.isNull)
            #expect(await connection.generation == 1)
        }
    }

    @Test func `a cancelled caller stops waiting, and the next one gets its own reply`()
        async throws
    {
        try await withRedis { server in
            let connection = RedisConnection(try configuration(server), on: loop)
            let blocked = Task { () async -> RedisError? in
                await failure { () throws(RedisError) in
                    let command = RedisCommand("BLPOP", "list", 0)
                    _ = try await connection.execute(command, blockingFor: .seconds(60))
                }
            }
            let probe = try server.probe()
            try await eventually("the client blocks") {
                try probe.command("INFO", "clients").text?.contains("blocked_clients:1") == true
            }
            blocked.cancel()
            let error = await blocked.value
            #expect(error?.code == .cancelled)
            #expect(error?.isOutcomeUnknown == true)
            try probe.command("RPUSH", "list", "late")
            #expect(try await connection.execute(RedisCommand("ECHO", "mine")).string == "mine")
        }
    }

    @Test func `a closed connection says so, and closing twice is fine`() async throws {
        try await withRedis { server in
            let connection = RedisConnection(try configuration(server), on: loop)
            _ = try await connection.execute(RedisCommand("PING"))
            await connection.close()
            await connection.close()
            let error = await failure { () throws(RedisError) in
                _ = try await connection.execute(RedisCommand("PING"))
            }
            #expect(error?.code == .closed)
            try await eventually("the server sees the end") {
                try server.probe().command("CLIENT", "LIST").text?.contains("name=tests") == false
            }
        }
    }

    @Test func `a connection that nobody holds any more is closed`() async throws {
        try await withRedis { server in
            func use() async throws {
                let connection = RedisConnection(try configuration(server), on: loop)
                _ = try await connection.execute(RedisCommand("PING"))
            }
            try await use()
            try await eventually("the server sees the end") {
                try server.probe().command("CLIENT", "LIST").text?.contains("name=tests") == false
            }
        }
    }
}
