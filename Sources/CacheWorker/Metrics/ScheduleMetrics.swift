import Jobs
import Telemetry

/// Counts what the beat of this process does; other processes count what they do.
struct ScheduleMetrics: Sendable {
    private let firings: MetricFamily<Counter>
    private let caughtUp: MetricFamily<Counter>
    private let delay: MetricFamily<Histogram>
    private let failures: MetricFamily<Counter>
    private let published: MetricFamily<Counter>
    private let publishFailures: MetricFamily<Counter>

    init(_ registry: MetricRegistry) {
        firings = registry.counters(
            "cacheworker_schedule_firings_total",
            "Instants of entries that this process has seen to: fired, skipped or missed.",
            labels: ["outcome"]
        )
        caughtUp = registry.counters(
            "cacheworker_schedule_caught_up_total",
            "Firings whose time had passed for more than 10 s."
        )
        delay = registry.histograms(
            "cacheworker_schedule_delay_seconds",
            "Time from the nominal instant of a firing to its claim, by the clock of Redis.",
            bounds: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 60, 600, 3_600]
        )
        failures = registry.counters(
            "cacheworker_schedule_failures_total",
            "Looks and claims that failed."
        )
        published = registry.counters(
            "cacheworker_schedule_published_total",
            "Events of the schedule that RabbitMQ has confirmed to this process."
        )
        publishFailures = registry.counters(
            "cacheworker_schedule_publish_failures_total",
            "Attempts to publish events of the schedule that RabbitMQ has not confirmed whole."
        )
    }

    /// Counts what a beat told.
    func add(_ event: BeatEvent) {
        switch event {
        case .looked: break
        case .fired(let counts):
            add(counts.fired, "fired")
            add(counts.skipped, "skipped")
            add(counts.missed, "missed")
            if counts.caughtUp > 0 { caughtUp.with().add(counts.caughtUp) }
            for delay in counts.delays { self.delay.with().observe(delay) }
        case .failed: failures.with().add()
        case .published(let count): published.with().add(count)
        case .notPublished: publishFailures.with().add()
        }
    }

    private func add(_ count: Int, _ outcome: String) {
        if count > 0 { firings.with(outcome).add(count) }
    }
}
