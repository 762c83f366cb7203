import TestSupport
import Testing

extension EndToEnd {
    /// A broker that has jobs for a worker whose deliveries never arrive, over connections that
    /// are as good as ever to everybody else, heartbeats included.
    @Suite("A stall") struct StallTests {
        private let messages = [
            "consumer": "no jobs come though some wait: the consumer is made anew",
            "connection": "no jobs come though some wait: the connection is made anew",
            "exit": "no jobs come though some wait, and new connections did not help",
        ]

        private func withDeafWorker(
            _ body: (Deployment, WorkerProcess, TCPProxy, UInt16) async throws -> Void
        ) async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                let proxy = try TCPProxy(to: host.server.port)
                defer { proxy.close() }
                proxy.set(ProxyRule(swallowsDeliveries: true))
                let port = try FreePort.next()
                // What a prefetch holds is with the worker, to the broker; so it is but one job.
                let worker = try await deployment.startWorker([
                    "AMQP_URL": host.url(through: proxy), "AMQP_PREFETCH": "1",
                    "STALL_TIMEOUT": "1200ms", "HTTP_LISTEN": "127.0.0.1:\(port)",
                ])
                try await eventually("the worker is ready") { status(port) == 200 }
                for number in 0..<3 {
                    try deployment.probe.command("SET", "k:\(number)", "x")
                    let event =
                        #"{"type":"cache.invalidate","data":{"keys":["k:\#(number)"]}}"#
                    try await host.publish(event, to: "cache.jobs", routingKey: "invalidate")
                }
                try await body(deployment, worker, proxy, port)
            }
        }

        private func status(_ port: UInt16) -> Int? {
            (try? HTTPProbe.get("/readyz", port: port))?.status
        }

        private func stalls(_ port: UInt16, _ action: String) -> Double? {
            guard let text = try? HTTPProbe.get("/metrics", port: port).body else { return nil }
            let labels = ["source": "amqp", "action": action]
            return try? PrometheusText(text).value("cacheworker_stalls_total", labels)
        }

        @Test("that a new consumer ends is told by readiness and metrics until jobs come")
        func recovery() async throws {
            try await withDeafWorker { deployment, worker, proxy, port in
                try await worker.logged(messages["consumer"] ?? "")
                let answer = try HTTPProbe.get("/readyz", port: port)
                #expect(answer.status == 503)
                #expect(answer.body.contains("amqp cache.invalidate: no jobs come"))
                proxy.set(.open)
                for number in 0..<3 { try await deployment.gone("k:\(number)") }
                try await eventually("the worker is ready again") { status(port) == 200 }
                #expect(stalls(port, "consumer") == 1)
                #expect(stalls(port, "exit") == nil)
                try await deployment.host?.settled("cache.invalidate", dead: 0)
                #expect(worker.process.isRunning)
            }
        }

        @Test("that nothing ends makes the process end with 69, after one step and the next")
        func end() async throws {
            try await withDeafWorker { deployment, worker, proxy, _ in
                #expect(await worker.process.waitForExit() == .status(69))
                let told = ["consumer", "connection", "exit"].map { messages[$0] ?? "" }
                #expect(worker.log.map(\.message).filter(told.contains) == told)
                #expect(worker.lines(messages["exit"] ?? "").first?.level == "error")
                #expect(worker.log.last?.level == "error")
                // Who is started again, on a network that is whole again, finds all jobs.
                proxy.set(.open)
                _ = try await deployment.startWorker()
                for number in 0..<3 { try await deployment.gone("k:\(number)") }
            }
        }
    }
}
