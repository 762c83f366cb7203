import CacheDomain
import Telemetry

extension MetricRegistry {
    /// What became of reads whose copy might not be served as it was.
    func observe(_ cache: CacheLayer) {
        observe(
            "cacheworker_cache_doubtful_reads_total",
            .counter,
            "Reads that found a copy which might not be served as it was, by what became of them.",
            labels: ["decision"]
        ) {
            let decisions = cache.decisions
            return ReadDecision.allCases.map { decision in
                MetricSample(decisions[decision] ?? 0, labels: [decision.rawValue])
            }
        }
        observe(
            "cacheworker_cache_breaker_state",
            .gauge,
            "Whether the store is asked for values: 1 for the state that holds, 0 for the others.",
            labels: ["state"]
        ) {
            let present = cache.breakerState
            return CircuitBreaker.State.allCases.map { state in
                MetricSample(state == present, labels: [state.rawValue])
            }
        }
    }

    /// What this process holds.
    func observe(_ tier: LocalTier) {
        observe(tier, .gauge, "entries", "Entries of the local tier.", \.entries)
        observe(tier, .gauge, "max_entries", "How many there may be.", \.maxEntries)
        observe(tier, .gauge, "bytes", "Bytes of keys and values in the local tier.", \.bytes)
        observe(tier, .gauge, "max_bytes", "How many there may be.", \.maxBytes)
        observe(
            tier,
            .gauge,
            "unverified_entries",
            "Entries that are read anew before they are served, since a part of the log was lost.",
            \.unverified
        )
        observe(
            tier,
            .counter,
            "revalidated_total",
            "Entries that were not trusted and were replaced by what the store has.",
            \.revalidated
        )
        observe(
            tier,
            .counter,
            "distrusts_total",
            "How often nothing of the local tier could be trusted any more.",
            \.distrusts
        )
        observe(
            tier,
            .counter,
            "dropped_total",
            "Entries of the local tier that messages have removed.",
            \.dropped
        )
        observe(
            tier,
            .counter,
            "evicted_total",
            "Entries of the local tier that went because others came.",
            \.evicted
        )
        observe(
            tier,
            .counter,
            "own_changes_total",
            "Messages of the log about what this process itself has changed.",
            \.ownChanges
        )
    }

    private func observe(
        _ tier: LocalTier,
        _ kind: MetricDefinition.Kind,
        _ name: String,
        _ help: String,
        _ number: any KeyPath<LocalTier.Statistics, Int> & Sendable
    ) {
        observe("cacheworker_local_\(name)", kind, help) {
            [MetricSample(tier.statistics[keyPath: number])]
        }
    }
}
