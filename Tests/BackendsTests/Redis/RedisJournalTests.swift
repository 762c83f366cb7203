import Backends
import CacheDomain
import TestSupport
import Testing

@Suite("The journal on Redis")
struct RedisJournalTests {
    private static let key = "{cw}:journal"
    private static let mark = "{cw}:journal:mark"

    /// A log of one epoch with so many messages.
    private func write(_ numbers: ClosedRange<Int>, _ probe: RedisProbe) throws {
        try probe.command("SET", "{cw}:epoch", "e")
        try probe.command("SET", "{cw}:seq", "\(numbers.upperBound)")
        try probe.pipeline(numbers.map { ["XADD", Self.key, "\($0)-0", "m", "{}"] })
    }

    private func first(_ probe: RedisProbe) throws -> String? {
        let entries = try probe.command("XRANGE", Self.key, "-", "+", "COUNT", "1").elements
        return entries.first?.elements.first?.text
    }

    private func journal(_ server: RedisServer) throws -> RedisJournal {
        let parts = try RedisParts(server)
        return RedisJournal(connection: parts.connection, keys: parts.keys)
    }

    @Test("is trimmed to its length to the message, in steps, whatever the blocks of the server")
    func length() async throws {
        let options = RedisServer.Options(
            configuration: ["stream-node-max-entries 0", "stream-node-max-bytes 0"]
        )
        try await withRedis(options) { server in
            let probe = try server.probe()
            try write(1...4_321, probe)
            let journal = try journal(server)
            let removed = try await journal.trimJournal(toLength: 1_000, olderThan: .seconds(60))
            #expect(removed == 3_321)
            #expect(try first(probe) == "3322-0")
            #expect(try probe.command("XLEN", Self.key).integer == 1_000)
            #expect(try await journal.trimJournal(toLength: 1_000, olderThan: .seconds(60)) == 0)
        }
    }

    @Test("loses by age what was there at a mark that is old enough, but never its last message")
    func age() async throws {
        try await withRedis { server in
            let probe = try server.probe()
            try write(1...50, probe)
            let journal = try journal(server)
            // The first time only leaves the mark, which the test makes older than it is.
            #expect(try await journal.trimJournal(toLength: 1_000, olderThan: .seconds(60)) == 0)
            #expect(try probe.command("HGET", Self.mark, "number").text == "50")
            try write(51...60, probe)
            #expect(try await journal.trimJournal(toLength: 1_000, olderThan: .seconds(60)) == 0)
            try probe.command("HSET", Self.mark, "time", "1")
            #expect(try await journal.trimJournal(toLength: 1_000, olderThan: .seconds(60)) == 49)
            #expect(try first(probe) == "50-0")
            try probe.command("HSET", Self.mark, "time", "1")
            #expect(try await journal.trimJournal(toLength: 1_000, olderThan: .seconds(60)) == 10)
            #expect(try first(probe) == "60-0")
            try probe.command("HSET", Self.mark, "time", "1")
            #expect(try await journal.trimJournal(toLength: 1_000, olderThan: .seconds(60)) == 0)
        }
    }

    @Test("of a new epoch has nothing to do with the mark of the old one")
    func newEpoch() async throws {
        try await withRedis { server in
            let probe = try server.probe()
            try write(1...20, probe)
            try probe.command("HSET", Self.mark, "epoch", "other", "number", "20", "time", "1")
            let journal = try journal(server)
            #expect(try await journal.trimJournal(toLength: 1_000, olderThan: .seconds(60)) == 0)
            #expect(try probe.command("HGET", Self.mark, "epoch").text == "e")
        }
    }

    @Test("is followed through a trimming: who has read it all keeps what it holds")
    func following() async throws {
        try await withRedis { server in
            let parts = try RedisParts(server)
            for number in 0..<3 { try await parts.store.change("k:\(number)") }
            let before = try await parts.log.position()
            let journal = RedisJournal(connection: parts.connection, keys: parts.keys)
            _ = try await journal.trimJournal(toLength: 1_000, olderThan: .seconds(60))
            try server.probe().command("HSET", Self.mark, "time", "1")
            #expect(try await journal.trimJournal(toLength: 1_000, olderThan: .seconds(60)) == 2)
            #expect(try await parts.log.position() == before)
            #expect(try await parts.log.journal(from: before.sequence, limit: 10).count == 1)
            try await parts.store.change("k")
            let after = try await parts.log.position()
            #expect(after.epoch == before.epoch && after.sequence == before.sequence + 1)
        }
    }

    @Test("that is empty, or on a full server, is no trouble")
    func edges() async throws {
        try await withRedis { server in
            let journal = try journal(server)
            #expect(try await journal.trimJournal(toLength: 1_000, olderThan: .seconds(60)) == 0)
            let probe = try server.probe()
            try write(1...1_900, probe)
            try probe.command("CONFIG", "SET", "maxmemory", "1")
            #expect(try await journal.trimJournal(toLength: 1_000, olderThan: .seconds(60)) == 900)
            #expect(try await journal.trimJournal(toLength: 1_000, olderThan: .seconds(60)) == 0)
        }
    }
}

extension RedisStore {
    /// Removes a key, which makes a message.
    fileprivate func change(_ key: String) async throws {
        _ = try await apply(Change(removals: [key]))
    }
}
