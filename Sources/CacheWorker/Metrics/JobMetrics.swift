import Jobs
import Telemetry

/// Counts what became of the jobs: a few additions for each batch, whatever its size.
struct JobMetrics: Sendable {
    private let settled: MetricFamily<Counter>
    private let deadLetters: MetricFamily<Counter>
    private let handedBack: MetricFamily<Counter>
    private let redelivered: MetricFamily<Counter>
    private let unsettledBatches: MetricFamily<Counter>
    private let stepRetries: MetricFamily<Counter>
    private let stalls: MetricFamily<Counter>
    private let batchJobs: MetricFamily<Histogram>
    private let batchSeconds: MetricFamily<Histogram>

    init(_ registry: MetricRegistry) {
        settled = registry.counters(
            "cacheworker_jobs_settled_total",
            "Jobs that were acknowledged, by outcome: done, retry, snooze, expired, superseded, "
                + "duplicate, dead.",
            labels: ["source", "kind", "outcome"]
        )
        deadLetters = registry.counters(
            "cacheworker_dead_letters_total",
            "Jobs that went to the dead letters, by reason.",
            labels: ["source", "reason"]
        )
        handedBack = registry.counters(
            "cacheworker_jobs_handed_back_total",
            "Jobs that a draining process gave back for others to do, with no attempt used.",
            labels: ["source"]
        )
        redelivered = registry.counters(
            "cacheworker_jobs_redelivered_total",
            "Jobs that may have been handed over before: claimed, or sent again by the broker.",
            labels: ["source"]
        )
        unsettledBatches = registry.counters(
            "cacheworker_batches_unsettled_total",
            "Batches not settled whole: what the server has not heard of comes again.",
            labels: ["source"]
        )
        stepRetries = registry.counters(
            "cacheworker_step_retries_total",
            "Steps that were tried again in place, waiting for what all jobs need, by reason.",
            labels: ["source", "reason"]
        )
        stalls = registry.counters(
            "cacheworker_stalls_total",
            "Times no jobs came though some waited, by what was done: consumer, connection, exit.",
            labels: ["source", "action"]
        )
        batchJobs = registry.histograms(
            "cacheworker_batch_jobs",
            "Jobs that were settled together.",
            labels: ["source"],
            bounds: [1, 4, 16, 64, 256, 1_024, 4_096]
        )
        batchSeconds = registry.histograms(
            "cacheworker_batch_duration_seconds",
            "Time from the arrival of a batch to its acknowledgement.",
            labels: ["source"],
            bounds: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 1, 5, 30]
        )
    }

    /// Counts what went wrong.
    func add(_ incident: WorkerIncident) {
        switch incident {
        case .batchNotSettled(let source): unsettledBatches.with(source).add()
        case .stepRetried(let source, let reason, _): stepRetries.with(source, reason).add()
        case .stepWentOn: break
        }
    }

    /// Counts what a watchdog did.
    func add(_ event: StallEvent) {
        guard case .stalled(let source, _, let action) = event else { return }
        stalls.with(source, action.rawValue).add()
    }

    /// Counts jobs that a source has given back.
    func addHandedBack(_ count: Int, by source: String) {
        if count > 0 { handedBack.with(source).add(count) }
    }

    /// Counts a batch.
    func add(_ report: BatchReport) {
        let source = report.source
        var done = Tally()
        var others: [String: Tally] = [:]
        for (kind, outcome) in zip(report.kinds, report.outcomes) {
            guard outcome != .done else {
                done.add(kind)
                continue
            }
            others[outcome.word, default: Tally()].add(kind)
            if case .deadLetter(let cause) = outcome {
                deadLetters.with(source, cause.reason).add()
            }
        }
        let returned = others.removeValue(forKey: Outcome.handedBack.word)?.total ?? 0
        addHandedBack(returned, by: source)
        others[Outcome.done.word] = done
        for (word, tally) in others {
            for (kind, count) in tally.counts { settled.with(source, kind, word).add(count) }
        }
        if report.redeliveredCount > 0 { redelivered.with(source).add(report.redeliveredCount) }
        batchJobs.with(source).observe(Double(report.outcomes.count))
        batchSeconds.with(source).observe(report.duration)
    }

    /// Counts by kind, without a look into a table for each job.
    private struct Tally {
        private var invalidate = 0
        private var warm = 0
        private var cleanup = 0
        private var task = 0
        private var unknown = 0

        mutating func add(_ kind: Job.Kind?) {
            switch kind {
            case .invalidate: invalidate += 1
            case .warm: warm += 1
            case .cleanup: cleanup += 1
            case .task: task += 1
            case nil: unknown += 1
            }
        }

        var total: Int { invalidate + warm + cleanup + task + unknown }

        var counts: [(kind: String, count: Int)] {
            [
                ("invalidate", invalidate), ("warm", warm), ("cleanup", cleanup), ("task", task),
                ("unknown", unknown),
            ]
            .filter { $0.1 > 0 }
        }
    }
}
