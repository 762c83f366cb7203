import CacheDomain
import Telemetry

extension MetricRegistry {
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
}
