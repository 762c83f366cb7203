import EventLoop
import RedisClient
import Synchronization
import TestSupport
import Testing

/// The connection against a peer that does what no server does on demand.
@Suite struct RedisConnectionFaultTests {
    private let loop: EventLoop

    init() throws { loop = try EventLoop(name: "redis") }

    private func connection(
        _ peer: ScriptedPeer,
        change: (inout RedisConfiguration) -> Void = { _ in }
    ) -> RedisConnection {
        var configuration = RedisConfiguration(endpoint: .unix(path: "/scripted"))
        configuration.backoff = ReconnectBackoff(
            base: .milliseconds(1),
            cap: .milliseconds(5),
            hopelessCap: .milliseconds(5)
        )
        // What a test does not wait for on purpose may take as long as a loaded machine needs.
        configuration.connectTimeout = .seconds(60)
        configuration.commandTimeout = .seconds(60)
        change(&configuration)
        return RedisConnection(configuration, on: loop, connector: peer)
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

    @Test(arguments: [
        "$4611686018427387904\r\n", "*2147483647\r\n", "%1\r\n+a\r\n+b\r\n", ">1\r\n+a\r\n",
        "_\r\n",
        "\0\0\0\0", ":12a\r\n", "$1\r\nab\r\n",
        "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n",
    ])
    func `a hostile answer is a protocol violation, and the connection is made anew`(
        _ answer: String
    ) async throws {
        let peer = ScriptedPeer { $0 == ["GET", "hostile"] ? answer : "+fine\r\n" }
        let connection = connection(peer)
        let error = await failure(connection, "GET", "hostile")
        #expect(error?.code == .protocolViolation)
        #expect(error?.isOutcomeUnknown == true)
        #expect(try await connection.execute(RedisCommand("GET", "k")).string == "fine")
        #expect(peer.connections == 2)
    }

    @Test func `a reply that nobody asked for ends the connection`() async throws {
        let peer = ScriptedPeer { _ in "+OK\r\n" }
        let connection = connection(peer)
        _ = try await connection.execute(RedisCommand("SET", "k", "v"))
        peer.send("+surprise\r\n")
        try await eventually("the connection is made anew") { await connection.generation == 2 }
        #expect(try await connection.execute(RedisCommand("SET", "k", "v")).string == "OK")
    }

    @Test func `ten thousand callers never have more in flight than allowed, and all are served`()
        async throws
    {
        let silent = Mutex(true)
        let peer = ScriptedPeer { _ in silent.withLock { $0 } ? nil : "+OK\r\n" }
        let connection = connection(peer) { $0.maxInFlightCommands = 50 }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<10_000 {
                group.addTask {
                    _ = try await connection.execute(RedisCommand("SET", "k", number))
                }
            }
            try await eventually("all others wait") {
                await connection.statistics.delayed >= 9_950
            }
            #expect(peer.commands.count == 50)
            silent.withLock { $0 = false }
            peer.send(String(repeating: "+OK\r\n", count: 50))
            try await group.waitForAll()
        }
        #expect(peer.commands.count == 10_000)
        #expect(Set(peer.commands.map { $0[2] }).count == 10_000)
    }

    @Test func `a full queue refuses at once, and a waiting caller can be cancelled`()
        async throws
    {
        let peer = ScriptedPeer { $0[0] == "BLOCK" ? nil : "+OK\r\n" }
        let connection = connection(peer) {
            $0.maxInFlightCommands = 1
            $0.maxWaitingPipelines = 1
        }
        let first = Task { await failure(connection, "BLOCK") }
        try await eventually("one is in flight") { peer.commands.count == 1 }
        let second = Task { await failure(connection, "SECOND") }
        // The first one waited for the connection.
        try await eventually("another waits") { await connection.statistics.delayed == 2 }
        let refused = await failure(connection, "THIRD")
        #expect(refused?.code == .overloaded)
        #expect(refused?.outcome == .notSent)
        second.cancel()
        let cancelled = await second.value
        #expect(cancelled?.code == .cancelled)
        #expect(cancelled?.outcome == .notSent)
        peer.send("+unblocked\r\n")
        #expect(await first.value == nil)
        #expect(peer.commands == [["BLOCK"]])
    }

    @Test func `an answer that never comes ends the connection for all calls behind it`()
        async throws
    {
        let peer = ScriptedPeer { $0[0] == "SILENT" ? nil : "+OK\r\n" }
        let connection = connection(peer) { $0.commandTimeout = .milliseconds(500) }
        async let first = failure(connection, "SILENT")
        async let second = failure(connection, "SILENT")
        for error in [await first, await second] {
            #expect(error?.code == .timeout)
            #expect(error?.isOutcomeUnknown == true)
        }
        #expect(await failure(connection, "SET", "k") == nil)
        #expect(peer.connections == 2)
        #expect(peer.commands.map { $0[0] } == ["SILENT", "SILENT", "SET"])
    }

    @Test func `what was written is never written again by itself`() async throws {
        let peer = ScriptedPeer { $0[0] == "LOST" ? nil : "+OK\r\n" }
        let connection = connection(peer)
        let lost = Task { await failure(connection, "LOST") }
        try await eventually("it was written") { peer.commands == [["LOST"]] }
        peer.breakOff()
        let error = await lost.value
        #expect(error?.code == .connection(.reset))
        #expect(error?.isOutcomeUnknown == true)
        #expect(await failure(connection, "SET", "k") == nil)
        #expect(peer.commands == [["LOST"], ["SET", "k"]])
    }

    @Test(arguments: ["-READONLY no writes here\r\n", "-LOADING data\r\n", "-MASTERDOWN link\r\n"])
    func `a server that is the wrong one is left after the last answer`(
        _ text: String
    )
        async throws
    {
        let peer = ScriptedPeer { command in
            switch command[0] {
            case "WRITE": text
            case "SLOW": nil
            default: "+OK\r\n"
            }
        }
        let connection = connection(peer)
        var pipeline = Pipeline()
        pipeline.append("WRITE")
        pipeline.append("SLOW")
        async let replies = connection.execute(pipeline)
        try await eventually("it was written") { peer.commands.count == 2 }
        peer.send("+done\r\n")
        let errors = try await replies.map(\.error)
        #expect(errors[0]?.outcome == .answered)
        #expect(errors[0]?.isRetriable == true)
        #expect(errors[1] == nil)
        #expect(await failure(connection, "SET", "k") == nil)
        #expect(peer.connections == 2)
    }

    @Test func `a server that is loading is asked again until it is ready`() async throws {
        let refusals = Mutex(3)
        let peer = ScriptedPeer { command in
            guard command == ["PING"] else { return "+OK\r\n" }
            let left = refusals.withLock { left in
                left -= 1
                return left
            }
            return left >= 0 ? "-LOADING Redis is loading the dataset in memory\r\n" : nil
        }
        let connection = connection(peer)
        #expect(await failure(connection, "SET", "k") == nil)
        #expect(peer.connections == 4)
    }

    @Test func `a server in protected mode is named as the reason, and no retry helps`()
        async throws
    {
        let peer = ScriptedPeer { _ in "-DENIED Redis is running in protected mode\r\n" }
        let error = await failure(connection(peer), "SET", "k")
        #expect(error?.code == .server(.denied))
        #expect(error?.outcome == .notSent)
        #expect(error?.isRetriable == false)
    }

    @Test func `a handshake without an answer ends with the connect timeout`() async throws {
        let peer = ScriptedPeer { $0 == ["PING"] ? "" : "+OK\r\n" }
        let connection = connection(peer) { $0.connectTimeout = .milliseconds(50) }
        let error = await failure(connection, "SET", "k")
        #expect(error?.isRetriable == true)
        #expect(error?.outcome == .notSent)
        #expect(peer.commands.isEmpty)
    }
}
