import Telemetry

extension MetricRegistry {
    /// Readiness, and the connections it depends on.
    func observe(_ health: Health) {
        let labels = ["server", "role"]
        observe("cacheworker_ready", .gauge, "Whether /readyz says yes: 1 or 0.") {
            [MetricSample(health.problems.isEmpty)]
        }
        observe(
            "cacheworker_connection_ready",
            .gauge,
            "Whether the connection can be used: 1 or 0.",
            labels: labels
        ) {
            health.connections.map { MetricSample($0.isReady, labels: [$0.server, $0.role]) }
        }
        observe(
            "cacheworker_connection_reconnects_total",
            .counter,
            "How often the connection was made again.",
            labels: labels
        ) {
            health.connections.map {
                MetricSample($0.reconnectCount, labels: [$0.server, $0.role])
            }
        }
        observe(
            "cacheworker_connection_failures_total",
            .counter,
            "Attempts to connect that failed, and connections that were lost, by reason.",
            labels: labels + ["reason"]
        ) {
            health.connections.flatMap { connection in
                connection.failures.sorted { $0.key < $1.key }
                    .map { reason, count in
                        MetricSample(count, labels: [connection.server, connection.role, reason])
                    }
            }
        }
    }
}
