import Backends
import EventLoop
import Jobs
import RedisClient
import TestSupport
import Testing

/// A batch whose jobs have many outcomes.
@Suite struct RedisSettlingTests {
    private let stream = "{cw}:jobs:warm"
    private let cause = DeadLetterCause(reason: "failed", error: "why")

    private func add(_ events: [String], to server: RedisServer) throws {
        try server.probe().pipeline(events.map { ["XADD", stream, "*", "event", $0] })
    }

    private func pendingCount(_ server: RedisServer) throws -> Int? {
        try server.probe().command("XPENDING", stream, "workers").elements.first?.integer
    }

    private func outcomes(_ count: Int) -> [Outcome] {
        (0..<count)
            .map { index in
                switch index % 4 {
                case 0: .retry(after: .seconds(3_600), cause)
                case 1: .deadLetter(cause)
                case 2: .snooze(until: WallTime.now() + .seconds(3_600))
                default: .done
                }
            }
    }

    @Test func `a batch is settled in one write, whatever becomes of its jobs`() async throws {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let source = parts.source()
            for round in 1...2 {
                try add((0..<256).map { "\(round) \($0)" }, to: server)
                let batch = try await source.batch()
                let before = await parts.connection.statistics.pipelines
                try await batch.settle(outcomes(256))
                // Once more when the server does not know the scripts.
                #expect(await parts.connection.statistics.pipelines == before + (3 - round))
                #expect(try pendingCount(server) == 0)
                let probe = try server.probe()
                #expect(try probe.command("ZCARD", "{cw}:jobs:delayed").integer == 128 * round)
                #expect(try probe.command("XLEN", "{cw}:jobs:dead").integer == 64 * round)
            }
            await source.close()
        }
    }

    @Test func `jobs that cannot be stored come again, and none that is settled does`()
        async throws
    {
        try await withRedis { server in
            let source = try RedisParts(server).source()
            try add((0..<16).map { "\($0)" }, to: server)
            let batch = try await source.batch()
            try server.probe().command("SET", "{cw}:jobs:dead", "of another type")
            do {
                try await batch.settle(outcomes(16))
                Issue.record("settled, though some could not be stored")
            } catch is SourceError {
                // As it should be.
            }
            let again = try await source.batch()
            let texts = again.deliveries.map { String(decoding: $0.body, as: UTF8.self) }
            #expect(texts == ["1", "5", "9", "13"])
            try server.probe().command("DEL", "{cw}:jobs:dead")
            try await again.settle(Array(repeating: .deadLetter(cause), count: 4))
            #expect(try server.probe().command("ZCARD", "{cw}:jobs:delayed").integer == 8)
            #expect(try server.probe().command("XLEN", "{cw}:jobs:dead").integer == 4)
            #expect(try pendingCount(server) == 0)
            await source.close()
        }
    }

    @Test func `a server that dies within a settlement has each job once, wherever it is`()
        async throws
    {
        let options = RedisServer.Options(configuration: ["appendonly yes", "appendfsync always"])
        try await withRedis(options) { server in
            let source = try RedisParts(server).source(lease: .seconds(3))
            try add((0..<256).map { "\($0)" }, to: server)
            let batch = try await source.batch()
            async let death: Void = server.kill()
            _ = try? await batch.settle(outcomes(256))
            await death
            try await server.restart()
            while try pendingCount(server) != 0 {
                // The connection comes back by itself; until then reading fails.
                guard let batch = try? await source.batch() else { continue }
                let outcomes = batch.deliveries.map { outcome(of: $0) }
                try await batch.settle(outcomes)
            }
            let probe = try server.probe()
            #expect(try probe.command("ZCARD", "{cw}:jobs:delayed").integer == 128)
            #expect(try probe.command("XLEN", "{cw}:jobs:dead").integer == 64)
            await source.close()
        }
    }

    /// As it was the first time.
    private func outcome(of delivery: Delivery) -> Outcome {
        let number = Int(String(decoding: delivery.body, as: UTF8.self)) ?? 0
        return outcomes(256)[number]
    }

    @Test func `jobs of many bytes are moved in several writes`() async throws {
        try await withRedis { server in
            let parts = try RedisParts(server)
            let source = parts.source()
            let large = String(repeating: "x", count: 600_000)
            try add((0..<8).map { "\($0)\(large)" }, to: server)
            let batch = try await source.batch()
            let before = await parts.connection.statistics.pipelines
            try await batch.settle(Array(repeating: .deadLetter(cause), count: 8))
            // Two in each write, and twice where the script is not known yet.
            #expect(await parts.connection.statistics.pipelines == before + 5)
            #expect(try server.probe().command("XLEN", "{cw}:jobs:dead").integer == 8)
            #expect(try pendingCount(server) == 0)
            await source.close()
        }
    }
}
