import EventLoop
import RedisClient
import Telemetry
import TestSupport
import Testing

/// What a real server says when it cannot do what it is asked.
@Suite struct RedisServerFaultTests {
    private let loop: EventLoop

    init() throws { loop = try EventLoop(name: "redis") }

    private func connect(_ server: RedisServer) throws -> RedisConnection {
        var configuration = try RedisConfiguration(url: server.url)
        configuration.connectTimeout = .seconds(10)
        configuration.backoff = ReconnectBackoff(
            base: .milliseconds(5),
            cap: .milliseconds(50),
            hopelessCap: .milliseconds(50)
        )
        return RedisConnection(configuration, on: loop)
    }

    private func failure(_ connection: RedisConnection, _ words: String...) async -> RedisError? {
        var command = RedisCommand(words[0])
        command.append(contentsOf: words.dropFirst())
        do throws(RedisError) {
            _ = try await connection.execute(command)
            return nil
        } catch {
            return error
        }
    }

    @Test func `a full memory refuses writes, deletes go on`() async throws {
        try await withRedis { server in
            let connection = try connect(server)
            #expect(await failure(connection, "SET", "k", "v") == nil)
            try server.probe().command("CONFIG", "SET", "maxmemory", "1")
            #expect(await failure(connection, "SET", "k", "v")?.code == .server(.outOfMemory))
            #expect(await failure(connection, "UNLINK", "k") == nil)
            #expect(await connection.generation == 1)
        }
    }

    @Test func `a server that became a replica is left and found again as a master`() async throws {
        try await withRedis { server in
            let connection = try connect(server)
            #expect(await failure(connection, "SET", "k", "v") == nil)
            let probe = try server.probe()
            try probe.command("REPLICAOF", "127.0.0.1", "\(try FreePort.next())")
            #expect(await failure(connection, "SET", "k", "v")?.code == .server(.readOnly))
            try probe.command("REPLICAOF", "NO", "ONE")
            #expect(await failure(connection, "SET", "k", "v") == nil)
            #expect(await connection.generation == 2)
        }
    }

    @Test func `a full client table is waited for`() async throws {
        try await withRedis { server in
            let probe = try server.probe()
            try probe.command("CONFIG", "SET", "maxclients", "1")
            let connection = try connect(server)
            let call = Task { await failure(connection, "SET", "k", "v") }
            try await eventually("the server refuses") {
                await connection.lastFailure?.code == .server(.tooManyClients)
            }
            try probe.command("CONFIG", "SET", "maxclients", "100")
            #expect(await call.value == nil)
        }
    }

    @Test func `a script that does not end makes the server busy, for a retry later`() async throws
    {
        try await withRedis(.init(configuration: ["lua-time-limit 20"])) { server in
            let connection = try connect(server)
            let endless = try connect(server)
            #expect(await failure(connection, "PING") == nil)
            let script = Task { await failure(endless, "EVAL", "while true do end", "0") }
            try await eventually("the server is busy") {
                await failure(connection, "GET", "k")?.code == .server(.busy)
            }
            try server.probe().command("SCRIPT", "KILL")
            #expect(await script.value?.outcome == .answered)
            #expect(await failure(connection, "GET", "k") == nil)
            #expect(await connection.generation == 1)
        }
    }

    @Test func `a right that is taken away is an error of the call, not of the connection`()
        async throws
    {
        try await withRedis { server in
            let probe = try server.probe()
            try probe.command("ACL", "SETUSER", "w", "on", ">pw", "~*", "+@all")
            var configuration = try RedisConfiguration(url: server.url)
            configuration.user = "w"
            configuration.password = "pw"
            let connection = RedisConnection(configuration, on: loop)
            #expect(await failure(connection, "SET", "k", "v") == nil)
            try probe.command("ACL", "SETUSER", "w", "-set")
            #expect(await failure(connection, "SET", "k", "v")?.code == .server(.noPermission))
            #expect(await failure(connection, "GET", "k") == nil)
            try probe.command("ACL", "DELUSER", "w")
            let error = await failure(connection, "GET", "k")
            #expect(error?.isRetriable == false || error?.isOutcomeUnknown == true)
        }
    }

    @Test func `streams say what is missing`() async throws {
        try await withRedis { server in
            let connection = try connect(server)
            let read = ["GROUP", "g", "c", "STREAMS", "s", ">"]
            var command = RedisCommand("XREADGROUP")
            command.append(contentsOf: read)
            await #expect {
                try await connection.execute(command)
            } throws: {
                ($0 as? RedisError)?.code == .server(.noGroup)
            }
            #expect(await failure(connection, "XGROUP", "CREATE", "s", "g", "0", "MKSTREAM") == nil)
            let again = await failure(connection, "XGROUP", "CREATE", "s", "g", "0")
            #expect(again?.code == .server(.groupExists))
            let blocked = Task { () async -> RedisError? in
                var command = RedisCommand("XREADGROUP", "GROUP", "g", "c", "BLOCK", 0)
                command.append(contentsOf: ["STREAMS", "s", ">"])
                do throws(RedisError) {
                    _ = try await connection.execute(command, blockingFor: .seconds(60))
                    return nil
                } catch {
                    return error
                }
            }
            let probe = try server.probe()
            try await eventually("the client blocks") {
                try probe.command("INFO", "clients").text?.contains("blocked_clients:1") == true
            }
            try probe.command("DEL", "s")
            #expect(await blocked.value?.code == .server(.unblocked))
        }
    }
}
