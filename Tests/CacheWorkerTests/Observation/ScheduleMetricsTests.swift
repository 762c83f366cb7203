import Jobs
import Telemetry
import TestSupport
import Testing

@testable import CacheWorker

@Suite("What a beat tells")
struct ScheduleMetricsTests {
    private let registry = MetricRegistry()
    private let board = BeatBoard()

    private func text() throws -> PrometheusText {
        try PrometheusText(String(decoding: registry.text(), as: UTF8.self))
    }

    @Test("is counted by what became of the instants")
    func firings() throws {
        let metrics = ScheduleMetrics(registry)
        var counts = FiringCounts()
        counts.fired = 3
        counts.skipped = 1
        counts.missed = 7
        counts.caughtUp = 2
        counts.delays = [.milliseconds(4), .milliseconds(20), .seconds(7_200), .seconds(11)]
        for _ in 0..<2 { metrics.add(.fired(counts)) }
        metrics.add(.failed(.full))
        metrics.add(.published(count: 5))
        metrics.add(.notPublished(SourceError("away")))
        let text = try text()
        let firings = "cacheworker_schedule_firings_total"
        #expect(text.value(firings, ["outcome": "fired"]) == 6)
        #expect(text.value(firings, ["outcome": "skipped"]) == 2)
        #expect(text.value(firings, ["outcome": "missed"]) == 14)
        #expect(text.value("cacheworker_schedule_caught_up_total") == 4)
        let delay = "cacheworker_schedule_delay_seconds"
        #expect(text.value("\(delay)_count") == 8)
        #expect(text.value("\(delay)_bucket", ["le": "0.01"]) == 2)
        #expect(text.value("\(delay)_bucket", ["le": "3600"]) == 6)
        #expect(text.value("cacheworker_schedule_failures_total") == 1)
        #expect(text.value("cacheworker_schedule_published_total") == 5)
        #expect(text.value("cacheworker_schedule_publish_failures_total") == 1)
    }

    @Test("of the schedule as a whole is what it saw last, and nothing before that")
    func gauges() throws {
        registry.observe(board)
        #expect(try text().value("cacheworker_schedule_entries") == nil)
        let now = WallTime(milliseconds: 1_800_000_000_000)
        let sight = ScheduleSight(
            now: now,
            version: nil,
            dueSince: now + .milliseconds(-1_500),
            nextDue: now + .seconds(60),
            outgoingCount: 3,
            outgoingSince: now + .seconds(-90),
            entryCount: 12
        )
        board.note(.looked(sight, skew: .milliseconds(-250)))
        var text = try text()
        func value(_ name: String) -> Double? { text.value("cacheworker_schedule_\(name)") }
        #expect(value("entries") == 12)
        #expect(value("next_due_timestamp_seconds") == 1_799_999_998.5)
        #expect(value("lag_seconds") == 1.5)
        #expect(value("clock_skew_seconds") == -0.25)
        #expect(value("outbox_events") == 3)
        #expect(value("outbox_oldest_event_age_seconds") == 90)
        board.note(.looked(ScheduleSight(now: now, version: nil), skew: .zero))
        text = try self.text()
        #expect(value("next_due_timestamp_seconds") == nil)
        #expect(value("outbox_oldest_event_age_seconds") == 0)
    }

    @Test("is a reason not to be ready while nothing can be fired or published, and only then")
    func problems() {
        let sight = ScheduleSight(now: WallTime(milliseconds: 0), version: nil)
        #expect(board.problems.isEmpty)
        board.note(.failed(ScheduleError(.unavailable, "no connection")))
        board.note(.notPublished(SourceError("blocked")))
        #expect(
            board.problems == [
                "schedule: nothing is fired: no connection",
                "schedule: RabbitMQ does not take events: blocked",
            ]
        )
        board.note(.looked(sight, skew: .zero))
        #expect(board.problems == ["schedule: RabbitMQ does not take events: blocked"])
        board.note(.published(count: 1))
        #expect(board.problems.isEmpty)
    }
}
