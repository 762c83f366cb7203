import TestSupport
import Testing

extension Faults {
    /// A Redis that dies, and streams that somebody else changes.
    @Suite("A Redis")
    struct RedisDamageTests {
        @Test("that is killed in the middle of jobs, and comes back with what it had, loses none")
        func killed() async throws {
            let options = RedisServer.Options(configuration: [
                "appendonly yes", "appendfsync always",
            ])
            try await withBrokerDeployment(options) { deployment in
                _ = try await deployment.startWorker()
                let ledger = EventLedger(deployment)
                for _ in 0..<3 {
                    try await ledger.publish(300)
                    try await deployment.redis.restart()
                }
                try await ledger.expectWhole()
            }
        }

        @Test("whose stream becomes a text under its reader is used again when it is a stream")
        func wrongType() async throws {
            try await withDeployment { deployment in
                let worker = try await deployment.startWorker()
                let key = "{cw}:jobs:invalidate"
                try deployment.probe.command("SET", key, "no stream")
                try await eventually("the worker says so") {
                    worker.process.errors.contains("WRONGTYPE")
                }
                let count = worker.lines("jobs cannot be read").count
                try await eventually("it tries again") {
                    worker.lines("jobs cannot be read").count > count
                }
                try deployment.probe.command("DEL", key)
                let ledger = EventLedger(deployment)
                try await ledger.publish(60)
                try await ledger.expectWhole()
                #expect(worker.process.isRunning)
            }
        }

        @Test("whose streams are trimmed under a worker forgets those jobs, and works on")
        func trimmed() async throws {
            try await withDeployment { deployment in
                let worker = try await deployment.startWorker()
                let ledger = EventLedger(deployment)
                try await ledger.publish(30)
                try await ledger.expectWhole()
                let trimmed = EventLedger(deployment)
                // Read and not done, since keys cannot be removed; then trimmed with all others.
                try deployment.probe.command("ACL", "SETUSER", "default", "-unlink", "-del")
                try await trimmed.publish(60)
                try await eventually("some are held") {
                    try JobStream("invalidate", deployment.probe).pending > 0
                }
                for kind in ["invalidate", "warm"] {
                    try deployment.probe.command("XTRIM", "{cw}:jobs:\(kind)", "MAXLEN", "0")
                }
                try deployment.probe.command("ACL", "SETUSER", "default", "+@all")
                try await ledger.publish(30)
                let verdict = try await ledger.expectWhole()
                #expect(verdict.pending == 0)
                #expect(worker.process.isRunning)
            }
        }

        @Test("with a job of a dead worker behind a thousand of a busy one gives that job on")
        func busyNeighbour() async throws {
            try await withDeployment { deployment in
                let probe = deployment.probe
                let stream = JobStream("invalidate", probe)
                let ledger = EventLedger(deployment)
                try probe.command("XGROUP", "CREATE", stream.key, "workers", "0", "MKSTREAM")
                let busy = (0..<1_100)
                    .map { _ in ["XADD", stream.key, "*", "event", Self.harmless] }
                try probe.pipeline(busy)
                try read(1_100, as: "busy", stream)
                // It lives: its lease is renewed by somebody.
                try probe.command("SET", "{cw}:alive:busy", "somebody", "PX", "600000")
                try await ledger.publish(3, over: .stream)
                try read(1, as: "dead", stream)
                _ = try await deployment.startWorker()
                try await ledger.untilEffects()
                #expect(try stream.pending == 1_100, "what the busy one holds stays with it")
            }
        }

        @Test("with a thousand consumers of workers long gone has their jobs done")
        func churn() async throws {
            try await withDeployment { deployment in
                let probe = deployment.probe
                let stream = JobStream("invalidate", probe)
                let ledger = EventLedger(deployment)
                try probe.command("XGROUP", "CREATE", stream.key, "workers", "0", "MKSTREAM")
                try await ledger.publish(90, over: .stream)
                for number in 0..<30 { try read(1, as: "gone-\(number)", stream) }
                try probe.pipeline(
                    (30..<1_000)
                        .map {
                            ["XGROUP", "CREATECONSUMER", stream.key, "workers", "gone-\($0)"]
                        }
                )
                _ = try await deployment.startWorker()
                try await ledger.expectWhole()
                #expect(
                    try probe.command("XINFO", "CONSUMERS", stream.key, "workers")
                        .elements.count > 1,
                    "they go after a minute, not at once"
                )
            }
        }

        private static let harmless = #"{"type":"cache.invalidate","data":{"keys":["none"]}}"#

        private func read(_ count: Int, as consumer: String, _ stream: JobStream) throws {
            try stream.probe.command(
                ["XREADGROUP", "GROUP", "workers", consumer, "COUNT", "\(count)"]
                    + ["STREAMS", stream.key, ">"]
            )
        }
    }
}
