import Glibc
import TestSupport
import Testing

extension Faults {
    /// A worker that is killed at a point that hurts, and one that stands still.
    @Suite("A worker that dies")
    struct CrashTests {
        static let seed: UInt64 = 72

        @Test("before the effects leaves all its jobs to the next one")
        func beforeEffect() async throws {
            try await withBrokerDeployment { deployment in
                let worker = try await deployment.startWorker()
                let ledger = EventLedger(deployment)
                try await ledger.publishWhilePaused(60, worker) { deployment.redis.pause() }
                try await eventually("the broker has handed jobs out") {
                    try await deployment.host?.depth(of: "cache.invalidate")?.unacknowledged ?? 0
                        > 0
                }
                await worker.process.kill()
                deployment.redis.resume()
                _ = try deployment.launchWorker()
                try await ledger.expectWhole()
            }
        }

        @Test("between effects and acknowledgements has them done twice, and nothing else")
        func afterEffect() async throws {
            try await withBrokerDeployment { deployment in
                let servers = try ProxiedServers(deployment)
                defer { servers.close() }
                let worker = try await deployment.startWorker(servers.settings)
                // The effects get through, the acknowledgements do not.
                servers.broker?.set(ProxyRule(stalled: [.toServer]))
                let ledger = EventLedger(deployment)
                try await ledger.publish(60, over: .amqp)
                try await ledger.untilEffects()
                try deployment.probe.command("ACL", "SETUSER", "default", "-xack")
                try await ledger.publish(60, over: .stream)
                try await ledger.untilEffects()
                await worker.process.kill()
                servers.cut()
                try deployment.probe.command("ACL", "SETUSER", "default", "+@all")
                _ = try deployment.launchWorker()
                let verdict = try await ledger.expectWhole()
                #expect(!verdict.duplicates.isEmpty)
                #expect(verdict.duplicates.count <= verdict.published)
            }
        }

        @Test(
            "but for its acknowledgements, which are cut off, goes on and does not lose its place"
        )
        func staleAcknowledgement() async throws {
            try await withBrokerDeployment { deployment in
                let servers = try ProxiedServers(deployment)
                defer { servers.close() }
                let worker = try await deployment.startWorker(servers.settings)
                servers.broker?.set(ProxyRule(stalled: [.toServer]))
                let ledger = EventLedger(deployment)
                try await ledger.publish(60, over: .amqp)
                try await ledger.untilEffects()
                servers.broker?.cut()
                servers.broker?.set(.open)
                try await ledger.publish(60, over: .amqp)
                let verdict = try await ledger.expectWhole()
                #expect(!verdict.duplicates.isEmpty)
                #expect(!worker.process.errors.contains("PRECONDITION_FAILED"))
            }
        }

        @Test("again and again at any moment loses no job")
        func again() async throws {
            try await withBrokerDeployment { deployment in
                var generator = SeededGenerator(seed: Self.seed)
                let ledger = EventLedger(deployment)
                for _ in 0..<6 {
                    let worker = try deployment.launchWorker()
                    try await worker.logged("worker started")
                    let parts = Int.random(in: 1...4, using: &generator)
                    for _ in 0..<parts { try await ledger.publish(100) }
                    await worker.process.kill()
                }
                _ = try deployment.launchWorker()
                try await ledger.expectWhole()
            }
        }

        @Test("while it publishes has stored each event that it named")
        func publishing() async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                let count = 20_000
                let lines = (0..<count)
                    .map {
                        #"{"type":"cache.warm","id":"\#($0)","data":{"entries":"#
                            + #"[{"key":"\#($0)","value":1}]}}"# + "\n"
                    }
                _ = try await deployment.startWorker()
                let publisher = try ChildProcess(
                    try Executable.built("cacheworker"),
                    ["publish", "--file", "-", "--to", "amqp"],
                    environment: deployment.settings,
                    keepsInputOpen: true
                )
                try publisher.write(lines.joined())
                publisher.closeInput()
                try await eventually("some are named") { !publisher.output.isEmpty }
                await publisher.kill()
                let named = publisher.output.split(separator: "\n").dropLast().map(String.init)
                #expect(!named.isEmpty)
                try await host.emptied("cache.warm")
                let missing = try deployment.probe.command(["MGET"] + named).elements
                    .count { $0 == .null }
                #expect(missing == 0)
            }
        }

        @Test("for longer than its lease, and wakes, finds its jobs done by others, and no harm")
        func stopped() async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                let url = host.url + "?heartbeat=2"
                let sleeper = try await deployment.startWorker(["AMQP_URL": url])
                let ledger = EventLedger(deployment)
                try await ledger.publishWhilePaused(90, sleeper) { deployment.redis.pause() }
                try await eventually("jobs were handed out") {
                    try await host.depth(of: "cache.invalidate")?.unacknowledged ?? 0 > 0
                }
                sleeper.process.signal(SIGSTOP)
                deployment.redis.resume()
                _ = try await deployment.startWorker()
                try await ledger.untilEffects()
                try await ledger.publish(90)
                try await ledger.untilEffects()
                sleeper.process.signal(SIGCONT)
                try await ledger.expectWhole()
                try await ledger.publish(90)
                try await ledger.expectWhole()
                #expect(sleeper.process.isRunning)
            }
        }
    }
}
