import Backends
import EventLoop
import Jobs
import RedisClient
import TestSupport
import Testing

@Suite struct RedisDeadLetterStoreTests {
    private func bury(_ ids: [String], _ server: RedisServer) throws {
        let probe = try server.probe()
        try probe.pipeline(ids.map { ["XADD", "{cw}:jobs:dead", $0, "event", "{}", "more", "x"] })
    }

    @Test func `letters of foreign hands are read with what they have`() async throws {
        try await withRedis { server in
            try bury(["5000-7"], server)
            let parts = try RedisParts(server)
            let letters = RedisDeadLetters(connection: parts.connection, keys: parts.keys)
            let page = try await letters.read(DeadLetterRange(.all)) {
                session throws(DeadLetterError) in try await session.nextPage()
            }
            let letter = try #require(page.first)
            #expect(letter.id == "5000-7" && letter.failure.failedAt?.milliseconds == 5_000)
            #expect(letter.failure.others.map(\.value) == ["x"] && letter.kind == nil)
        }
    }

    @Test func `letters go by age to the last one, whatever the blocks of the stream`() async throws
    {
        let options = RedisServer.Options(configuration: ["stream-node-max-entries 7"])
        try await withRedis(options) { server in
            try bury((1...2_500).map { "\($0)-0" }, server)
            let parts = try RedisParts(server)
            let letters = RedisDeadLetters(connection: parts.connection, keys: parts.keys)
            #expect(
                try await letters.removeLetters(failedBefore: WallTime(milliseconds: 2_434))
                    == 2_433
            )
            let first = try server.probe()
                .command("XRANGE", "{cw}:jobs:dead", "-", "+", "COUNT", "1")
            #expect(first.elements.first?.elements.first?.text == "2434-0")
            #expect(
                try await letters.removeLetters(failedBefore: WallTime(milliseconds: 2_434)) == 0
            )
            #expect(try await letters.removeLetters(failedBefore: WallTime(milliseconds: -1)) == 0)
        }
    }

    @Test func `a letter stays when Redis is too full for its job`() async throws {
        try await withRedis { server in
            try bury(["1-0"], server)
            try server.probe().command("CONFIG", "SET", "maxmemory", "1")
            let parts = try RedisParts(server)
            let letters = RedisDeadLetters(connection: parts.connection, keys: parts.keys)
            let error = await #expect(throws: DeadLetterError.self) {
                try await letters.read(DeadLetterRange(.all)) { session throws(DeadLetterError) in
                    let page = try await session.nextPage()
                    _ = try await session.requeue(page.map { DeadLetterRequeue($0, as: .warm) })
                }
            }
            #expect(error?.code == .unavailable)
            #expect(try server.probe().command("XLEN", "{cw}:jobs:dead").integer == 1)
        }
    }

    @Test(arguments: ["1-0", "1763629200000-12"])
    func `ids of the stream are its own`(id: String) throws {
        #expect(try mayOwn(id))
    }

    @Test(arguments: ["", "-", "1", "1-", "-1", "01-0", "1-0-0", "+1-0", "a-b", "0123456789abcdef"])
    func `other ids are not`(id: String) throws {
        #expect(try !mayOwn(id))
    }

    private func mayOwn(_ id: String) throws -> Bool {
        let loop = try EventLoop(name: "ids")
        let connection = RedisConnection(try RedisConfiguration(url: "redis://127.0.0.1"), on: loop)
        return RedisDeadLetters(connection: connection, keys: ControlKeys()).mayOwn(id)
    }
}
