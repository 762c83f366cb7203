import TestSupport
import Testing

extension EndToEnd {
    /// What `/readyz` and `/metrics` say while a worker listens where nobody speaks to it.
    @Suite("A worker that does not hear itself")
    struct ReadinessTests {
        @Test("is not ready, says why, serves no copies, and comes back with those it had")
        func elsewhere() async throws {
            try await withDeployment { deployment in
                try await withRedis { empty in
                    let proxy = try TCPProxy(to: deployment.redis.port)
                    defer { proxy.close() }
                    let port = try await worker(deployment, proxy)
                    // What reads and writes stays; the subscription comes back at another server.
                    proxy.lead(to: empty.port)
                    try deployment.probe.command("CLIENT", "KILL", "TYPE", "pubsub")
                    try await untilReadiness(503, port, says: "own messages are not heard")
                    let away = try metrics(port)
                    #expect(away.value("cacheworker_ready") == 0)
                    #expect(away.value("cacheworker_coherence_gate_open") == 0)
                    #expect(away.value("cacheworker_coherence_lease_rest_seconds") == 0)
                    #expect(away.value("cacheworker_coherence_canary_age_seconds") == nil)
                    #expect(try deployment.coherenceListeners == 0)
                    #expect(try HTTPProbe.get("/livez", port: port).status == 200)

                    proxy.lead(to: deployment.redis.port)
                    try empty.probe().command("CLIENT", "KILL", "TYPE", "pubsub")
                    try await untilReadiness(200, port, says: "ready")
                    let back = try metrics(port)
                    #expect(back.value("cacheworker_coherence_gate_open") == 1)
                    #expect(back.value("cacheworker_coherence_canary_age_seconds") != nil)
                    #expect(back.value("cacheworker_local_distrusts_total") == 1, "at its start")
                }
            }
        }

        @Test("is not ready while its subscription is a black hole, and says for how long")
        func blackHole() async throws {
            try await withDeployment { deployment in
                let proxy = try TCPProxy(to: deployment.redis.port)
                defer { proxy.close() }
                let port = try await worker(deployment, proxy)
                let known = Set(proxy.connections)
                try deployment.probe.command("CLIENT", "KILL", "TYPE", "pubsub")
                let subscription = try await eventualValue("it subscribes again") {
                    try deployment.coherenceListeners == 1
                        ? proxy.connections.first { !known.contains($0) } : nil
                }
                try await untilReadiness(200, port, says: "ready")
                proxy.set(ProxyRule(stalled: [.toClient]), for: subscription)
                try await untilReadiness(503, port, says: "nothing has been heard for ")
                proxy.set(.open, for: subscription)
                try await untilReadiness(200, port, says: "ready")
            }
        }

        /// A worker behind a proxy, ready; returns the port of its answers.
        private func worker(_ deployment: Deployment, _ proxy: TCPProxy) async throws -> UInt16 {
            let port = try FreePort.next()
            let worker = try deployment.launchWorker([
                "REDIS_URL": deployment.redis.url(through: proxy),
                "HTTP_LISTEN": "127.0.0.1:\(port)",
            ])
            try await worker.logged("worker started")
            try await untilReadiness(200, port, says: "ready")
            return port
        }

        private func metrics(_ port: UInt16) throws -> PrometheusText {
            try PrometheusText(try HTTPProbe.get("/metrics", port: port).body)
        }

        /// Waits until `/readyz` answers with a status and a text that holds `words`.
        private func untilReadiness(_ status: Int, _ port: UInt16, says words: String) async throws
        {
            try await eventually("/readyz says \(status) \(words)") {
                guard let answer = try? HTTPProbe.get("/readyz", port: port) else { return false }
                return answer.status == status && answer.body.contains(words)
            }
        }
    }
}
