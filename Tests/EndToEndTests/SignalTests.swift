import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// What an operator does to a running worker.
    @Suite("A running worker")
    struct SignalTests {
        static let secret = "s3cret-Passw0rd"

        @Test("drains at SIGTERM: what it has read is done, and it ends with 0")
        func drains() async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                let worker = try await deployment.startWorker()
                let stream = JobStream("invalidate", deployment.probe)
                try stream.probe.pipeline(
                    (0..<5_000)
                        .map { number in
                            [
                                "XADD", stream.key, "*", "event",
                                #"{"type":"cache.invalidate","data":{"keys":["k:\#(number)"]}}"#,
                            ]
                        }
                )
                worker.process.signal(SIGTERM)
                #expect(await worker.process.waitForExit() == .status(0))
                #expect(try stream.pending == 0)
                #expect(worker.log.last?.message == "worker stopped")
                try await eventually("the broker has no consumer left") {
                    try await host.depth(of: "cache.invalidate")?.consumers == 0
                }
            }
        }

        @Test("ends at SIGINT while its servers are away")
        func endsWithoutServers() async throws {
            try await withBrokerDeployment { deployment in
                let worker = try await deployment.startWorker()
                await deployment.redis.kill()
                try await deployment.host?.closeConnections()
                try await worker.logged("no connection to Redis")
                worker.process.signal(SIGINT)
                try await eventually("it has ended", within: .seconds(10)) {
                    !worker.process.isRunning
                }
                #expect(await worker.process.waitForExit() == .status(0))
            }
        }

        @Test("ends at the end of its drain timeout, and at once at a second signal")
        func drainTimeout() async throws {
            try await withDeployment { deployment in
                for isHurried in [false, true] {
                    let timeout = isHurried ? "60" : "1"
                    let worker = try await deployment.startWorker(["DRAIN_TIMEOUT": timeout])
                    let stream = JobStream("invalidate", deployment.probe)
                    deployment.redis.pause()
                    defer { deployment.redis.resume() }
                    worker.process.signal(SIGTERM)
                    try await worker.logged("draining")
                    if isHurried { worker.process.signal(SIGTERM) }
                    try await eventually("it has ended", within: .seconds(10)) {
                        !worker.process.isRunning
                    }
                    let status: Int32 = isHurried ? 128 + SIGTERM : 0
                    #expect(await worker.process.waitForExit() == .status(status))
                    deployment.redis.resume()
                    #expect(try stream.length == 0)
                }
            }
        }

        @Test("takes a new configuration at SIGHUP, and keeps the old one when it is wrong")
        func reload() async throws {
            try await withDeployment { deployment in
                let folder = try TemporaryFolder()
                defer { folder.remove() }
                let path = try folder.write("log:\n  level: info\n", to: "cacheworker.yaml")
                let worker = try await deployment.startWorker([:], ["--config", path])
                try folder.write("log:\n  level: loud\n", to: "cacheworker.yaml")
                worker.process.signal(SIGHUP)
                let refusal = try await worker.logged(
                    "configuration not reloaded, the old one stays"
                )
                #expect(refusal.level == "error")
                #expect(refusal.fields["error"]?.contains("\(path):2") == true)
                #expect(refusal.fields["error"]?.contains("log.level") == true)
                try folder.write(
                    "log:\n  level: debug\njobs:\n  batch_size: 7\n",
                    to: "cacheworker.yaml"
                )
                worker.process.signal(SIGHUP)
                try await worker.logged("configuration reloaded") { $0.fields["changes"] == "2" }
                let changed = worker.lines("setting changed").compactMap { $0.fields["setting"] }
                #expect(Set(changed) == ["log.level", "jobs.batch_size"])
                #expect(worker.process.isRunning)
            }
        }

        @Test("logs JSON lines with constant messages, and no password")
        func log() async throws {
            try await withDeployment(.init(password: Self.secret)) { deployment in
                let folder = try TemporaryFolder()
                defer { folder.remove() }
                let file = try folder.write(Self.secret + "\n", to: "password")
                let worker = try await deployment.startWorker([
                    "REDIS_URL": "redis://127.0.0.1:\(deployment.redis.port)",
                    "REDIS_PASSWORD_FILE": file, "LOG_LEVEL": "debug",
                ])
                for number in 0..<3 {
                    try JobStream("invalidate", deployment.probe)
                        .add(#"{"type":"cache.invalidate","data":{"keys":["k:\#(number)"]}}"#)
                }
                try await worker.logged("jobs settled")
                worker.process.signal(SIGTERM)
                _ = await worker.process.waitForExit()
                let lines = worker.process.errors.split(separator: "\n")
                #expect(lines.count == worker.log.count, "every line is JSON with its three fields")
                #expect(worker.log.allSatisfy { !$0.message.contains { $0.isNumber } })
                #expect(!worker.process.errors.contains(Self.secret))
                #expect(worker.process.output.isEmpty)
            }
        }

        @Test("says that a password is wrong, tries slowly, and goes on when it is right")
        func wrongPassword() async throws {
            try await withDeployment(.init(password: "other")) { deployment in
                let worker = try deployment.launchWorker([
                    "REDIS_URL": "redis://:\(Self.secret)@127.0.0.1:\(deployment.redis.port)"
                ])
                let line = try await worker.logged("no connection to Redis")
                #expect(line.fields["error"]?.contains("password is not accepted") == true)
                let before = try attempts(deployment.probe) ?? 0
                let start = ContinuousClock.now
                try await eventually("it tries again") {
                    try attempts(deployment.probe) ?? 0 > before + 3
                }
                // Three connections, each at least half of two seconds between its attempts.
                #expect(start.duration(to: .now) > .seconds(1))
                try JobStream("invalidate", deployment.probe)
                    .add(#"{"type":"cache.invalidate","data":{"keys":["k"]}}"#)
                try deployment.probe.command("CONFIG", "SET", "requirepass", Self.secret)
                try deployment.probe.command("SET", "k", "x")
                try await deployment.gone("k")
                #expect(!worker.process.errors.contains(Self.secret))
            }
        }

        private func attempts(_ probe: RedisProbe) throws -> Int? {
            let stats = try probe.command("INFO", "stats").text ?? ""
            let line = stats.split(whereSeparator: \.isNewline)
                .first { $0.hasPrefix("total_connections_received:") }
            return line.flatMap { Int($0.filter(\.isNumber)) }
        }
    }
}
