import CacheDomain
import Telemetry

extension MetricRegistry {
    /// Whether the copies of this process are what the store has.
    func observe(_ auditor: CoherenceAuditor) {
        observe(
            "cacheworker_coherence_audited_total",
            .counter,
            "Copies of the local tier that were chosen at random and compared with the store."
        ) {
            [MetricSample(auditor.findings.comparedCount)]
        }
        observe(
            "cacheworker_coherence_stale_total",
            .counter,
            "Those that differed from it, and still did so long after they were first seen to.",
            labels: ["after"]
        ) {
            zip(Audit.checkpoints, auditor.findings.staleCounts)
                .map { checkpoint, count in
                    MetricSample(count, labels: ["\(checkpoint.components.seconds)s"])
                }
        }
        observe(
            "cacheworker_coherence_unfollowed_total",
            .counter,
            "Those that differed and were not looked at again, since too many did."
        ) {
            [MetricSample(auditor.findings.unfollowedCount)]
        }
        observeDifferences(auditor)
        observe(
            "cacheworker_coherence_present_staleness_seconds",
            .gauge,
            "How long the copy has differed that does so for longest now; 0 for none."
        ) {
            [MetricSample(auditor.findings.presentAge / .seconds(1))]
        }
        observe(
            "cacheworker_coherence_worst_staleness_seconds",
            .gauge,
            "The longest time that a copy was seen to differ from the store, since the start."
        ) {
            [MetricSample(auditor.findings.worstAge / .seconds(1))]
        }
    }

    /// Why copies differed.
    private func observeDifferences(_ auditor: CoherenceAuditor) {
        observe(
            "cacheworker_coherence_violations_total",
            .counter,
            "Copies that differed for longer than the bound, by cause: each breaks the promise.",
            labels: ["cause"]
        ) {
            let violations = auditor.findings.violations
            return Audit.Cause.allCases.map { cause in
                MetricSample(violations[cause] ?? 0, labels: [cause.rawValue])
            }
        }
        observe(
            "cacheworker_coherence_foreign_total",
            .counter,
            "Copies of what was changed, or is gone, with no word in the log.",
            labels: ["change"]
        ) {
            let findings = auditor.findings
            return [
                MetricSample(findings.foreignCount, labels: ["changed"]),
                MetricSample(findings.goneCount, labels: ["gone"]),
            ]
        }
    }
}
