import Jobs
import Telemetry
import TestSupport
import Testing

@testable import CacheWorker

@Suite("The metrics of jobs")
struct JobMetricsTests {
    @Test("count each job once, by kind and outcome, and each batch once")
    func counts() throws {
        let registry = MetricRegistry()
        let metrics = JobMetrics(registry)
        let dead = Outcome.deadLetter(DeadLetterCause(reason: "schema", error: "wrong"))
        let kinds: [Job.Kind?] = [.invalidate, .invalidate, .warm, nil]
        for _ in 0..<2 {
            metrics.add(
                BatchReport(
                    source: "stream",
                    outcomes: [.done, .done, dead, dead],
                    kinds: kinds,
                    eventIDs: [nil, nil, nil, nil],
                    redeliveredCount: 3,
                    duration: .milliseconds(2)
                )
            )
        }
        let text = try PrometheusText(String(decoding: registry.text(), as: UTF8.self))
        let settled = text.samples.filter { $0.name == "cacheworker_jobs_settled_total" }
        let labels = { (kind: String, outcome: String) in
            ["source": "stream", "kind": kind, "outcome": outcome]
        }
        #expect(settled.count == 3)
        #expect(
            settled.map(\.labels) == [
                labels("invalidate", "done"), labels("unknown", "dead"), labels("warm", "dead"),
            ]
        )
        #expect(settled.map(\.value) == [4, 2, 2])
        let source = ["source": "stream"]
        #expect(
            text.value("cacheworker_dead_letters_total", ["source": "stream", "reason": "schema"])
                == 4
        )
        #expect(text.value("cacheworker_jobs_redelivered_total", source) == 6)
        #expect(text.value("cacheworker_batch_jobs_sum", source) == 8)
        #expect(text.value("cacheworker_batch_jobs_count", source) == 2)
        #expect(text.value("cacheworker_batch_duration_seconds_sum", source) == 0.004)
    }

    @Test("count what went wrong, by source and reason")
    func incidents() throws {
        let registry = MetricRegistry()
        let metrics = JobMetrics(registry)
        metrics.add(.batchNotSettled(source: "amqp"))
        for isFirst in [true, false] {
            metrics.add(
                .stepRetried(source: "stream", reason: "unavailable", isFirst: isFirst)
            )
        }
        metrics.add(.stepWentOn(source: "stream"))
        let text = try PrometheusText(String(decoding: registry.text(), as: UTF8.self))
        #expect(text.value("cacheworker_batches_unsettled_total", ["source": "amqp"]) == 1)
        let retries = ["source": "stream", "reason": "unavailable"]
        #expect(text.value("cacheworker_step_retries_total", retries) == 2)
    }
}
