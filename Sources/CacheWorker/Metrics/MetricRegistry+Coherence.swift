import CacheDomain
import Telemetry

extension MetricRegistry {
    /// How closely the coherence log is followed.
    func observe(_ follower: CoherenceFollower) {
        observe(
            "cacheworker_coherence_applied_sequence",
            .gauge,
            "Number of the last message of the log that was applied; falls with a new epoch."
        ) {
            [MetricSample(Double(follower.applied.sequence))]
        }
        observe(
            "cacheworker_coherence_gate_open",
            .gauge,
            "Whether the local tier may answer, since the log is followed: 1 or 0."
        ) {
            [MetricSample(follower.isFollowing)]
        }
        observe(
            "cacheworker_coherence_subscriptions_total",
            .counter,
            "How often the log was subscribed to; all after the first are reconnects."
        ) {
            [MetricSample(follower.statistics.subscriptions)]
        }
        observe(
            "cacheworker_coherence_forgets_total",
            .counter,
            "How often nothing of the local tier could be trusted any more, by reason.",
            labels: ["reason"]
        ) {
            let distrusts = follower.statistics.distrusts
            return CoherenceTracker.DistrustReason.allCases.map { reason in
                MetricSample(distrusts[reason] ?? 0, labels: [reason.rawValue])
            }
        }
    }

    /// Whether the copies of this process are what the store has.
    func observe(_ auditor: CoherenceAuditor) {
        observe(
            "cacheworker_coherence_audited_total",
            .counter,
            "Copies of the local tier that were compared with the store."
        ) {
            [MetricSample(auditor.findings.comparedCount)]
        }
        observe(
            "cacheworker_coherence_stale_total",
            .counter,
            "Copies that differed from the store so long after they were first seen to.",
            labels: ["after"]
        ) {
            zip(Audit.checkpoints, auditor.findings.staleCounts)
                .map { checkpoint, count in
                    MetricSample(count, labels: ["\(checkpoint.components.seconds)s"])
                }
        }
        observe(
            "cacheworker_coherence_worst_staleness_seconds",
            .gauge,
            "The longest time that a copy was seen to differ from the store."
        ) {
            [MetricSample(auditor.findings.worstAge / .seconds(1))]
        }
    }

    /// What this process holds.
    func observe(_ tier: LocalTier) {
        observe("cacheworker_local_entries", .gauge, "Entries of the local tier.") {
            [MetricSample(tier.count)]
        }
        observe("cacheworker_local_bytes", .gauge, "Bytes of keys and values in the local tier.") {
            [MetricSample(tier.byteCount)]
        }
        observe(
            "cacheworker_local_dropped_total",
            .counter,
            "Entries of the local tier that messages have removed."
        ) {
            [MetricSample(tier.droppedCount)]
        }
    }
}
