import TestSupport
import Testing

@Suite("A worker of a broker answers over HTTP", .timeLimit(.minutes(5)))
struct BrokerProbesTests {
    private func worker(_ host: VirtualHost, _ port: UInt16) throws -> ChildProcess {
        try ChildProcess(
            Executable.built("cacheworker"),
            ["run"],
            environment: ["AMQP_URL": host.url, "HTTP_LISTEN": "127.0.0.1:\(port)"]
        )
    }

    private func ready(_ port: UInt16) -> HTTPProbe.Answer? {
        try? HTTPProbe.get("/readyz", port: port)
    }

    @Test("ready again after its connections were closed, with both reconnects counted")
    func reconnect() async throws {
        try await withVirtualHost { host in
            let port = try FreePort.next()
            let worker = try worker(host, port)
            try await eventually("the worker is ready") { ready(port)?.status == 200 }
            try await host.closeConnections()
            try await eventually("both reconnects are counted") {
                let metrics = try PrometheusText(try HTTPProbe.get("/metrics", port: port).body)
                return ["consumer", "publisher"]
                    .allSatisfy { role in
                        let labels = ["server": "amqp", "role": role]
                        let name = "cacheworker_connection_reconnects_total"
                        return metrics.value(name, labels) == 1
                    }
            }
            let text = try PrometheusText(try HTTPProbe.get("/metrics", port: port).body)
            let name = "cacheworker_connection_failures_total"
            let lost = text.samples.filter { $0.name == name && $0.labels["role"] == "consumer" }
            #expect(lost.map { $0.labels["reason"] } == ["forced"] && lost.map(\.value) == [1])
            try await eventually("the worker is ready again") { ready(port)?.status == 200 }
            let body = #"{"type":"cache.invalidate","data":{"keys":["k"]}}"#
            try await host.publish(body, to: "cache.jobs", routingKey: "invalidate.user")
            try await eventually("the job is counted") {
                let metrics = try PrometheusText(try HTTPProbe.get("/metrics", port: port).body)
                let labels = ["source": "amqp", "kind": "invalidate", "outcome": "done"]
                return metrics.value("cacheworker_jobs_settled_total", labels) == 1
            }
            await worker.kill()
        }
    }

    @Test("not ready while a queue is not as configured, and names it")
    func topology() async throws {
        try await withVirtualHost { host in
            try await host.declareQueue("cache.warm")
            let port = try FreePort.next()
            let worker = try worker(host, port)
            try await eventually("the queue is named") {
                guard let answer = ready(port), answer.status == 503 else { return false }
                return answer.body.contains("amqp consumer: queue 'cache.warm'")
            }
            #expect(try HTTPProbe.get("/livez", port: port).status == 200)
            await worker.kill()
        }
    }
}
