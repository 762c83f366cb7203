import Glibc
import TestSupport
import Testing

@Suite("A worker answers over HTTP", .timeLimit(.minutes(5)))
struct ProbesTests {
    private func worker(
        _ redis: RedisServer,
        _ port: UInt16,
        _ environment: [String: String] = [:]
    ) throws -> ChildProcess {
        let basics = [
            "REDIS_URL": redis.url, "HTTP_LISTEN": "127.0.0.1:\(port)", "DRAIN_TIMEOUT": "60s",
        ]
        return try ChildProcess(
            Executable.built("cacheworker"),
            ["run"],
            environment: basics.merging(environment) { _, given in given }
        )
    }

    /// Waits until `/readyz` answers with a status and a text that holds `words`.
    private func untilReadiness(_ status: Int, _ port: UInt16, says words: String) async throws {
        try await eventually("/readyz says \(status) \(words)", within: .seconds(40)) {
            guard let answer = try? HTTPProbe.get("/readyz", port: port) else { return false }
            return answer.status == status && answer.body.contains(words)
        }
    }

    private func add(_ count: Int, to redis: RedisServer, at offset: Int = 0) throws {
        let stream = "{cw}:jobs:invalidate"
        let probe = try redis.probe()
        try probe.pipeline(
            (offset..<offset + count)
                .map { index in
                    let event = #"{"type":"cache.invalidate","data":{"keys":["k\#(index)"]}}"#
                    return ["XADD", stream, "*", "event", event]
                }
        )
    }

    @Test("is ready only while Redis answers, and drains with its reason, alive all the time")
    func readiness() async throws {
        try await withRedis { redis in
            let port = try FreePort.next()
            let worker = try worker(redis, port)
            try await untilReadiness(200, port, says: "ready")
            let first = try PrometheusText(try HTTPProbe.get("/metrics", port: port).body)
            let up = first.samples.filter { $0.name == "cacheworker_connection_ready" }
            let roles = ["data", "reader", "reader/cleanup", "reader/task", "beat"]
            #expect(up.map { $0.labels["role"] } == roles)
            #expect(up.allSatisfy { $0.value == 1 })
            redis.pause()
            try await untilReadiness(503, port, says: "coherence: ")
            redis.resume()
            try await untilReadiness(200, port, says: "ready")
            await redis.kill()
            try await untilReadiness(503, port, says: "redis data: ")
            #expect(try HTTPProbe.get("/livez", port: port).status == 200)
            try await redis.restart()
            try await untilReadiness(200, port, says: "ready")
            let metrics = try PrometheusText(try HTTPProbe.get("/metrics", port: port).body)
            let data = ["server": "redis", "role": "data"]
            let reconnects = metrics.value("cacheworker_connection_reconnects_total", data) ?? 0
            #expect(reconnects >= 1)
            let refused = metrics.value(
                "cacheworker_connection_failures_total",
                data.merging(["reason": "refused"]) { $1 }
            )
            #expect(refused ?? 0 >= 1)
            redis.pause()
            worker.signal(SIGTERM)
            try await untilReadiness(503, port, says: "draining: ")
            #expect(try HTTPProbe.get("/livez", port: port).status == 200)
            redis.resume()
            #expect(await worker.waitForExit() == .status(0))
        }
    }

    @Test("can be scraped while it works, and has counted every job in the end")
    func scraping() async throws {
        try await withRedis { redis in
            let port = try FreePort.next()
            let worker = try worker(redis, port, ["BATCH_SIZE": "64"])
            let labels = ["source": "stream", "kind": "invalidate", "outcome": "done"]
            var scrapes = 0
            for round in 0..<10 {
                try add(2_000, to: redis, at: round * 2_000)
                guard let answer = try? HTTPProbe.get("/metrics", port: port) else { continue }
                #expect(answer.headers["content-type"]?.contains("version=0.0.4") == true)
                _ = try PrometheusText(answer.body)
                scrapes += 1
            }
            #expect(scrapes > 0)
            let text = try await eventualValue("all jobs are counted") { () -> PrometheusText? in
                let text = try PrometheusText(try HTTPProbe.get("/metrics", port: port).body)
                let count = text.value("cacheworker_jobs_settled_total", labels)
                return count == 20_000 ? text : nil
            }
            #expect(text.value("cacheworker_batch_jobs_sum", ["source": "stream"]) == 20_000)
            #expect((text.value("process_resident_memory_bytes") ?? 0) > 1_000_000)
            worker.signal(SIGTERM)
            #expect(await worker.waitForExit() == .status(0))
        }
    }

    @Test("tells how closely it follows the log, and what it holds")
    func following() async throws {
        try await withRedis { redis in
            let port = try FreePort.next()
            let worker = try worker(redis, port)
            try await untilReadiness(200, port, says: "ready")
            let event = #"{"type":"cache.warm","data":{"entries":[{"key":"k","value":1}]}}"#
            try redis.probe().command("XADD", "{cw}:jobs:warm", "*", "event", event)
            let text = try await eventualValue("it holds a copy") { () -> PrometheusText? in
                let text = try PrometheusText(try HTTPProbe.get("/metrics", port: port).body)
                return text.value("cacheworker_local_entries") == 1 ? text : nil
            }
            func metric(_ name: String, _ labels: [String: String] = [:]) -> Double {
                text.value("cacheworker_" + name, labels) ?? -1
            }
            #expect(metric("coherence_lease_seconds") == 3)
            #expect(metric("coherence_bound_seconds") == 8)
            #expect((0...8).contains(metric("coherence_canary_age_seconds")))
            #expect(metric("coherence_silence_seconds") >= 0)
            #expect(metric("local_own_changes_total") == 1)
            #expect(metric("local_max_entries") > 1 && metric("local_max_bytes") > 1)
            #expect(metric("cache_breaker_state", ["state": "closed"]) == 1)
            #expect(metric("cache_breaker_state", ["state": "open"]) == 0)
            await worker.kill()
        }
    }

    @Test("shows what waits while nothing can be done")
    func backlog() async throws {
        try await withRedis { redis in
            let probe = try redis.probe()
            try probe.command(
                "XGROUP",
                "CREATE",
                "{cw}:jobs:invalidate",
                "workers",
                "0",
                "MKSTREAM"
            )
            try add(3, to: redis)
            // Taken by a consumer that lives, so that nobody else may do it.
            try probe.command(
                "XREADGROUP",
                "GROUP",
                "workers",
                "other",
                "STREAMS",
                "{cw}:jobs:invalidate",
                ">"
            )
            let port = try FreePort.next()
            let worker = try worker(redis, port)
            let labels = ["source": "stream", "queue": "invalidate"]
            let text = try await eventualValue("the queues are measured") { () -> PrometheusText? in
                guard let answer = try? HTTPProbe.get("/metrics", port: port) else { return nil }
                let text = try PrometheusText(answer.body)
                let unsettled = text.value("cacheworker_queue_unsettled_jobs", labels)
                return unsettled == 3 ? text : nil
            }
            #expect(text.value("cacheworker_queue_waiting_jobs", labels) == 0)
            #expect((text.value("cacheworker_queue_oldest_job_age_seconds", labels) ?? -1) >= 0)
            await worker.kill()
        }
    }

    @Test("wants the token for metrics, not for probes, and never tells it")
    func token() async throws {
        try await withRedis { redis in
            let port = try FreePort.next()
            let worker = try worker(redis, port, ["HTTP_TOKEN": "s3cr3t-token"])
            try await untilReadiness(200, port, says: "ready")
            #expect(try HTTPProbe.get("/metrics", port: port).status == 401)
            let header = "Authorization: Bearer s3cr3t-token"
            let metrics = try HTTPProbe.get("/metrics", port: port, headers: [header])
            #expect(metrics.status == 200)
            await worker.kill()
            #expect(!(metrics.body + worker.errors).contains("s3cr3t-token"))
        }
    }

    @Test("refuses to let other machines in with no token, unless that is allowed")
    func anonymous() async throws {
        try await withRedis { redis in
            let port = try FreePort.next()
            let open = ["HTTP_LISTEN": "0.0.0.0:\(port)"]
            let refused = try worker(redis, port, open)
            #expect(await refused.waitForExit() == .status(78))
            #expect(refused.errors.contains("set HTTP_TOKEN or HTTP_TOKEN_FILE"))
            let allowed = try worker(
                redis,
                port,
                open.merging(["HTTP_ALLOW_ANONYMOUS": "true"]) { $1 }
            )
            try await untilReadiness(200, port, says: "ready")
            await allowed.kill()
        }
    }

    @Test("ends with 69 when its address is in use, and answers nowhere when it is off")
    func address() async throws {
        try await withRedis { redis in
            let second = try worker(redis, redis.port)
            #expect(await second.waitForExit() == .status(69))
            #expect(second.errors.contains("the port is in use"))
            let probes = try worker(redis, redis.port, ["ROLES": "http", "HTTP_LISTEN": "off"])
            #expect(await probes.waitForExit() == .status(78))
        }
    }

    @Test("without the role of a worker until it is told to end")
    func roleWithoutWork() async throws {
        try await withRedis { redis in
            let port = try FreePort.next()
            let probes = try worker(redis, port, ["ROLES": "http"])
            try await untilReadiness(200, port, says: "ready")
            try add(1, to: redis)
            #expect(try redis.probe().command("XLEN", "{cw}:jobs:invalidate") == .integer(1))
            probes.signal(SIGTERM)
            #expect(await probes.waitForExit() == .status(0))
        }
    }
}
