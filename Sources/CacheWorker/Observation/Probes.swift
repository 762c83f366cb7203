import HTTPServer
import Telemetry

/// The answers to platforms and to Prometheus.
enum Probes {
    static func routes(_ health: Health, _ registry: MetricRegistry) -> [HTTPRoute] {
        [
            HTTPRoute("GET", "/livez", for: .everybody) { _ in
                health.isAlive
                    ? .text(200, "alive")
                    : .text(503, "the event loop has not turned for \(health.beatAge)")
            },
            HTTPRoute("GET", "/readyz", for: .everybody) { _ in
                let problems = health.problems
                return problems.isEmpty
                    ? .text(200, "ready")
                    : .text(503, problems.joined(separator: "\n"))
            },
            HTTPRoute("GET", "/metrics") { _ in
                HTTPResponse(contentType: MetricRegistry.contentType, body: registry.text())
            },
        ]
    }
}
