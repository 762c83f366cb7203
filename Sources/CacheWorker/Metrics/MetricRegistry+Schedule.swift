import Jobs
import Telemetry

extension MetricRegistry {
    /// The schedule as the beat of this process saw it last; without a beat there is nothing to
    /// say.
    func observe(_ beats: BeatBoard) {
        func gauge(
            _ name: String,
            _ help: String,
            _ value: @escaping @Sendable (BeatBoard.Look) -> Double?
        ) {
            observe("cacheworker_schedule_\(name)", .gauge, help) {
                beats.look.flatMap(value).map { [MetricSample($0)] } ?? []
            }
        }
        gauge("entries", "Entries of the schedule.") { Double($0.sight.entryCount) }
        gauge("next_due_timestamp_seconds", "When an entry is due next, in seconds since 1970.") {
            ($0.sight.dueSince ?? $0.sight.nextDue).map { Double($0.milliseconds) / 1_000 }
        }
        gauge("lag_seconds", "How late the last look was for the first entry that was due.") {
            ($0.sight.lag ?? .zero) / .seconds(1)
        }
        gauge("clock_skew_seconds", "How far the clock of this process is ahead of that of Redis.")
        {
            $0.skew / .seconds(1)
        }
        gauge("outbox_events", "Events of the schedule that wait for RabbitMQ.") {
            Double($0.sight.outgoingCount)
        }
        gauge("outbox_oldest_event_age_seconds", "How long the first of them has waited.") { look in
            (look.sight.outgoingSince.map { $0.duration(to: look.sight.now) } ?? .zero)
                / .seconds(1)
        }
    }
}
