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
        observeLease(follower)
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

    /// How long copies may be served, and what that hangs on.
    private func observeLease(_ follower: CoherenceFollower) {
        observe(
            "cacheworker_coherence_bound_seconds",
            .gauge,
            "No copy is served that is older, whatever fails: the lease and the canary's interval."
        ) {
            [MetricSample(follower.timing.bound / .seconds(1))]
        }
        observe(
            "cacheworker_coherence_lease_seconds",
            .gauge,
            "Copies are served so long after the log was heard."
        ) {
            [MetricSample(follower.timing.lease / .seconds(1))]
        }
        observe(
            "cacheworker_coherence_lease_rest_seconds",
            .gauge,
            "What is left of that; 0 while no copies are served."
        ) {
            [MetricSample(follower.leaseRest / .seconds(1))]
        }
        observe(
            "cacheworker_coherence_silence_seconds",
            .gauge,
            "Time since the log was heard, or since the start."
        ) {
            [MetricSample(follower.silence / .seconds(1))]
        }
        observe(
            "cacheworker_coherence_canary_age_seconds",
            .gauge,
            "Time since the last own canary that was heard was sent; absent until one is heard."
        ) {
            follower.canaryAge.map { [MetricSample($0 / .seconds(1))] } ?? []
        }
    }
}
