import Backends
import Codecs
import Jobs
import TestSupport
import Testing

@Suite struct RedisStreamSourceTests {
    private func events(_ batch: borrowing DeliveryBatch) -> [String] {
        batch.deliveries.map { String(decoding: $0.body, as: UTF8.self) }
    }

    @Test func `jobs of all kinds come in the order they were added`() async throws {
        try await withRedis { server in
            let probe = try RedisProbe(port: server.port)
            let kinds = ["warm", "invalidate", "task", "cleanup", "invalidate", "warm"]
            for (index, kind) in kinds.enumerated() {
                _ = try probe.command(
                    "XADD",
                    "{cw}:jobs:\(kind)",
                    "1700000000000-\(index + 1)",
                    "event",
                    "\(index)"
                )
            }
            let source = try RedisParts(server).source()
            let batch = try await source.batch()
            #expect(events(batch) == ["0", "1", "2", "3", "4", "5"])
            try await batch.settle(Array(repeating: .done, count: 6))
            await source.close()
            for kind in kinds {
                #expect(try probe.command("XLEN", "{cw}:jobs:\(kind)").integer == 0)
            }
        }
    }

    @Test func `the group's lag stays a number, and pending jobs are not trimmed`() async throws {
        try await withRedis { server in
            let probe = try RedisProbe(port: server.port)
            let source = try RedisParts(server).source(batchSize: 2)
            for index in 0..<4 {
                _ = try probe.command("XADD", "{cw}:jobs:warm", "*", "event", "\(index)")
            }
            let first = try await source.batch()
            let second = try await source.batch()
            #expect(events(second) == ["2", "3"])
            try await second.settle([.done, .done])
            await source.close()
            #expect(events(first) == ["0", "1"])
            #expect(try probe.command("XLEN", "{cw}:jobs:warm").integer == 4)
            let group = try probe.command("XINFO", "GROUPS", "{cw}:jobs:warm").elements.first
            let fields = group?.elements ?? []
            let lag = fields.firstIndex { $0.text == "lag" }.map { fields[$0 + 1] }
            #expect(lag?.integer == 0)
        }
    }

    @Test func `the backlog is what waits, what is unsettled, and the age of the oldest of both`()
        async throws
    {
        try await withRedis { server in
            let probe = try RedisProbe(port: server.port)
            let source = try RedisParts(server).source(batchSize: 2)
            let none = JobKinds.all.map {
                Backlog(queue: $0, waiting: 0, unsettled: 0, oldestAge: .zero)
            }
            #expect(try await source.backlogs() == none)
            let now = try #require(try probe.command("TIME").elements.first?.text.flatMap(Int.init))
            for index in 0..<3 {
                let id = "\((now - 3_600 + 600 * index) * 1_000)-1"
                try probe.command("XADD", "{cw}:jobs:warm", id, "event", "\(index)")
            }
            let before = try await source.backlogs()[1]
            #expect(before.waiting == 3 && before.unsettled == 0)
            #expect((.seconds(3_600)...(.seconds(3_700))).contains(try #require(before.oldestAge)))
            let batch = try await source.batch()
            let held = try await source.backlogs()[1]
            #expect(held.waiting == 1 && held.unsettled == 2)
            #expect((.seconds(3_600)...(.seconds(3_700))).contains(try #require(held.oldestAge)))
            try await batch.settle([.done, .done])
            let after = try await source.backlogs()[1]
            #expect(after.waiting == 1 && after.unsettled == 0)
            #expect((.seconds(2_400)...(.seconds(2_500))).contains(try #require(after.oldestAge)))
            #expect(try await source.backlogs()[0] == none[0])
            await source.close()
        }
    }

    @Test func `a dead job is stored once with all that is known, and acknowledged`() async throws {
        try await withRedis { server in
            let probe = try RedisProbe(port: server.port)
            let source = try RedisParts(server).source()
            let id = try probe.command("XADD", "{cw}:jobs:task", "*", "event", "{broken").text ?? ""
            let batch = try await source.batch()
            let cause = DeadLetterCause(reason: "not-json", error: "why")
            try await batch.settle([.deadLetter(cause)])
            let letters = try probe.command("XRANGE", "{cw}:jobs:dead", "-", "+").elements
            #expect(letters.count == 1)
            let fields = letters.first?.elements.last?.texts ?? []
            #expect(
                Array(fields.prefix(10)) == [
                    "event", "{broken", "reason", "not-json", "error", "why",
                    "origin", "{cw}:jobs:task \(id)", "attempts", "1",
                ]
            )
            #expect(fields.count == 12 && fields[10] == "failedAt")
            #expect(
                try probe.command("XPENDING", "{cw}:jobs:task", "workers").elements.first?.integer
                    == 0
            )
        }
    }

    @Test func `a full server still takes what must wait and what is dead, and gives it back`()
        async throws
    {
        try await withRedis { server in
            let probe = try RedisProbe(port: server.port)
            let source = try RedisParts(server).source()
            for event in ["later", "dead"] {
                _ = try probe.command("XADD", "{cw}:jobs:warm", "*", "event", event)
            }
            let batch = try await source.batch()
            _ = try probe.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
            _ = try probe.command("CONFIG", "SET", "maxmemory", "1")
            let cause = DeadLetterCause(reason: "full", error: "why")
            try await batch.settle([.retry(after: .zero, cause), .deadLetter(cause)])
            #expect(try probe.command("XLEN", "{cw}:jobs:dead").integer == 1)
            let again = try await source.batch()
            #expect(events(again) == ["later"])
            try await again.settle([.done])
            #expect(try probe.command("ZCARD", "{cw}:jobs:delayed").integer == 0)
            await source.close()
        }
    }

    @Test func `a lag that a restarted server tells by mistake is set right`() async throws {
        try await withRedis { server in
            let probe = try RedisProbe(port: server.port)
            let source = try RedisParts(server).source()
            let stream = "{cw}:jobs:invalidate"
            let id = try probe.command("XADD", stream, "*", "event", "done").text ?? ""
            let batch = try await source.batch()
            try await batch.settle([.done])
            func lag() throws -> Int? {
                try probe.command("XINFO", "GROUPS", stream).elements.first?.elements.last?.integer
            }
            // As after the reload of a file that was rewritten before the entry was read.
            _ = try probe.command("XGROUP", "SETID", stream, "workers", id, "ENTRIESREAD", "0")
            #expect(try lag() == 1)
            await source.close()
            #expect(try lag() == 0)
        }
    }

    @Test func `a worker that starts while the server is full works all the same`() async throws {
        try await withRedis { server in
            let probe = try RedisProbe(port: server.port)
            try probe.command("XADD", "{cw}:jobs:invalidate", "*", "event", "first")
            _ = try probe.command("CONFIG", "SET", "maxmemory-policy", "noeviction")
            _ = try probe.command("CONFIG", "SET", "maxmemory", "1")
            // The first makes the groups, the second finds them.
            for (node, event) in [("a", "first"), ("b", "second")] {
                let source = try RedisParts(server, node: node).source()
                let batch = try await source.batch()
                #expect(events(batch) == [event])
                try await batch.settle([.done])
                await source.close()
                _ = try probe.command("CONFIG", "SET", "maxmemory", "0")
                try probe.command("XADD", "{cw}:jobs:invalidate", "*", "event", "second")
                _ = try probe.command("CONFIG", "SET", "maxmemory", "1")
            }
        }
    }

    @Test func `a job keeps its place while it waits, and one that was not due gets a new one`()
        async throws
    {
        try await withRedis { server in
            let probe = try RedisProbe(port: server.port)
            let source = try RedisParts(server).source()
            let due = WallTime(milliseconds: 1_700_000_000_005)
            let cause = DeadLetterCause(reason: "full", error: "why")
            for (index, event) in ["failed", "early", "other"].enumerated() {
                let id = "1700000000000-\(index)"
                try probe.command("XADD", "{cw}:jobs:warm", id, "event", event)
            }
            var batch = try await source.batch()
            let places = batch.deliveries.map { $0.stamp?.entryID }
            #expect(places == (0...2).map { "1700000000000-\($0)" })
            try await batch.settle([.retry(after: .zero, cause), .snooze(until: due), .done])
            var found: [String: String] = [:]
            for _ in 0..<4 where found.count < 2 {
                batch = try await source.batch()
                for delivery in batch.deliveries {
                    let event = String(decoding: delivery.body, as: UTF8.self)
                    found[event] = delivery.stamp?.entryID
                }
                try await batch.settle(batch.deliveries.map { _ in .retry(after: .zero, cause) })
            }
            #expect(found == ["failed": "1700000000000-0", "early": "1700000000005-0"])
            batch = try await source.batch()
            #expect(batch.deliveries.first?.stamp?.milliseconds ?? .max <= 1_700_000_000_005)
            await source.close()
        }
    }

    @Test func `what cannot be stored elsewhere stays where it is`() async throws {
        try await withRedis { server in
            let probe = try RedisProbe(port: server.port)
            let source = try RedisParts(server).source()
            for name in ["{cw}:jobs:dead", "{cw}:jobs:delayed"] {
                _ = try probe.command("SET", name, "of another type")
            }
            let cause = DeadLetterCause(reason: "failed", error: "why")
            for outcome in [Outcome.deadLetter(cause), .retry(after: .zero, cause)] {
                _ = try probe.command("XADD", "{cw}:jobs:warm", "*", "event", "kept")
                _ = try probe.command("DEL", "{cw}:jobs:delayed")
                let batch = try await source.batch()
                _ = try probe.command("SET", "{cw}:jobs:delayed", "of another type")
                do {
                    try await batch.settle([outcome])
                    Issue.record("settled, though it could not be stored")
                } catch is SourceError {
                    // As it should be.
                }
                let pending = try probe.command("XPENDING", "{cw}:jobs:warm", "workers")
                #expect(pending.elements.first?.integer ?? 0 > 0)
            }
        }
    }

    @Test func `a stream that is deleted or a server that is emptied gets its group again`()
        async throws
    {
        try await withRedis { server in
            let probe = try RedisProbe(port: server.port)
            let source = try RedisParts(server).source()
            for command in [["DEL", "{cw}:jobs:warm"], ["FLUSHDB"]] {
                _ = try probe.command("XADD", "{cw}:jobs:warm", "*", "event", "before")
                try await source.batch().settle([.done])
                async let disruption: Void = disrupt(server, by: command)
                let batch = try await source.batch()
                #expect(events(batch) == ["after"])
                try await batch.settle([.done])
                try await disruption
            }
        }
    }

    /// Waits until somebody waits for jobs, and takes the stream away.
    private func disrupt(_ server: RedisServer, by command: [String]) async throws {
        let probe = try RedisProbe(port: server.port)
        try await eventually("the source waits") {
            try probe.command("CLIENT", "LIST").text?.contains("cmd=xreadgroup") == true
        }
        _ = try probe.command(command)
        _ = try probe.command("XADD", "{cw}:jobs:warm", "*", "event", "after")
    }
}

extension JobSource {
    /// The next batch; there is one.
    func batch() async throws -> DeliveryBatch {
        guard let batch = try await nextBatch() else { throw SourceError("the source has ended") }
        return batch
    }
}
