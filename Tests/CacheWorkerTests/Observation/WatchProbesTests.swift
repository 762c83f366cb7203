import TestSupport
import Testing

@Suite("A worker that watches prefixes tells over HTTP", .timeLimit(.minutes(5)))
struct WatchProbesTests {
    private func worker(
        _ redis: RedisServer,
        _ port: UInt16,
        _ environment: [String: String] = [:]
    ) throws -> ChildProcess {
        let basics = [
            "REDIS_URL": redis.url, "HTTP_LISTEN": "127.0.0.1:\(port)",
            "WATCHED_PREFIXES": "price:,legacy:",
        ]
        return try ChildProcess(
            Executable.built("cacheworker"),
            ["run"],
            environment: basics.merging(environment) { _, given in given }
        )
    }

    private func isReady(_ port: UInt16) -> Bool {
        (try? HTTPProbe.get("/readyz", port: port))?.status == 200
    }

    private func metric(_ name: String, _ port: UInt16) -> Double? {
        guard let answer = try? HTTPProbe.get("/metrics", port: port) else { return nil }
        return (try? PrometheusText(answer.body))?.value("cacheworker_watch_\(name)")
    }

    @Test("what foreign programs change, and how often it could not be told")
    func changes() async throws {
        try await withRedis { redis in
            let port = try FreePort.next()
            let worker = try worker(redis, port)
            try await eventually("it is ready") { isReady(port) }
            #expect(metric("beginnings_total", port) == 1 && metric("losses_total", port) == 0)
            let probe = try redis.probe()
            for key in ["price:1", "other:1", "legacy:1"] { try probe.command("SET", key, "x") }
            try await eventually("both changes are told") { metric("changes_total", port) == 2 }
            try probe.command("FLUSHDB")
            try await eventually("the flush is told") { metric("flushes_total", port) == 1 }
            try probe.command("CLIENT", "KILL", "TYPE", "pubsub")
            try await eventually("the loss is told") { metric("losses_total", port) == 1 }
            try await eventually("it serves again") { metric("serving", port) == 1 }
            try probe.command("SET", "price:2", "x")
            try await eventually("changes are told again") { metric("changes_total", port) == 3 }
            await worker.kill()
        }
    }

    @Test("why it is not ready while Redis does not tell it of changes")
    func denied() async throws {
        try await withRedis { redis in
            let probe = try redis.probe()
            try probe.command("ACL", "SETUSER", "default", "-client|tracking")
            let port = try FreePort.next()
            let worker = try worker(redis, port)
            let reason = "watched prefixes: Redis does not tell of changes: NOPERM"
            try await eventually("the reason is told") {
                let answer = try? HTTPProbe.get("/readyz", port: port)
                return answer?.status == 503 && answer?.body.contains(reason) == true
            }
            #expect(metric("serving", port) == 0)
            let warning = "prefixes not watched: copies under them are not served"
            #expect(LogLine.lines(of: worker.errors).contains { $0.message == warning })
            await worker.kill()
        }
    }

    @Test("nothing, and ends, when there is no Redis to watch")
    func embedded() async throws {
        let command = try await Command.run(
            try Executable.built("cacheworker"),
            ["run", "--watched-prefixes", "price:"],
            environment: ["HTTP_LISTEN": "off"]
        )
        #expect(command.exit == .status(78))
        #expect(command.errors.contains("needs REDIS_URL"))
    }
}
