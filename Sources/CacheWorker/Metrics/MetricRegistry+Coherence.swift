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
            "cacheworker_coherence_known_sequence",
            .gauge,
            "Number of the last message of the log of which it has heard, applied or not."
        ) {
            [MetricSample(Double(follower.known.sequence))]
        }
        observe(
            "cacheworker_coherence_lag_seconds",
            "Time from the publication of a change until it was applied here."
        ) {
            follower.lags
        }
        observe(
            "cacheworker_coherence_gate_open",
            .gauge,
            "Whether the local tier may answer, since the log is followed: 1 or 0."
        ) {
            [MetricSample(follower.isFollowing)]
        }
        observeLease(follower)
        observeEvents(follower)
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

    /// What happened on the way.
    private func observeEvents(_ follower: CoherenceFollower) {
        let events: [(String, String, any KeyPath<CoherenceFollower.Counts, Int> & Sendable)] = [
            ("applied", "Messages of the log that were applied.", \.applied),
            (
                "lag_unmeasured",
                "Those of which nobody knows how long they took: no time, or a clock that was set.",
                \.unmeasured
            ),
            (
                "gaps",
                "Times that a message, or a heartbeat, showed that others had not come.",
                \.gaps
            ),
            (
                "doubts",
                "Times that the channel went back, or that another life of the log was heard.",
                \.doubts
            ),
            ("replays", "Readings of the journal that brought messages to apply.", \.replays),
            (
                "replayed",
                "Messages applied with them: those that had not come, and those that waited.",
                \.replayed
            ),
            (
                "journal_failures",
                "Readings of the journal that failed; each is tried again.",
                \.failedReadings
            ),
            ("epochs", "New lives of the log.", \.epochs),
            ("heartbeats", "Heartbeats that were sent.", \.heartbeats),
            ("heartbeat_failures", "Heartbeats that could not be sent.", \.failedHeartbeats),
        ]
        for (name, help, number) in events {
            observe("cacheworker_coherence_\(name)_total", .counter, help) {
                [MetricSample(follower.counts[keyPath: number])]
            }
        }
    }
}
