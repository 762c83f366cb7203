import Synchronization

extension CacheLayer {
    /// The value of the key, loaded from its source where the store has none.
    ///
    /// One reader of all processes loads, and the others wait for what he gets, or take the stale
    /// value where the policy allows it. What is loaded is written only if nothing that concerns it
    /// was changed meanwhile; who asked gets it all the same.
    ///
    /// `load` gives nil where the source has no value. It goes on as long as one of those who wait
    /// for it is not cancelled. All who ask for a key have to mean the same by `policy` and `load`.
    /// - Throws: what `load` throws, to all who wait for it; `LoadError`; `StoreError`;
    ///   `CancellationError`.
    public func value(
        forKey key: String,
        policy: LoadPolicy,
        load: @escaping @Sendable () async throws -> [UInt8]?
    ) async throws -> LoadedValue {
        let loading = KeyLoad(layer: self, key: key, policy: policy, load: load)
        let value = try await value(of: loading)
        if value.origin == .stale { count(.servedStale) }
        return value
    }

    private func value(of loading: KeyLoad) async throws -> LoadedValue {
        if let held = loading.held() {
            if held.isFresh {
                if held.isDue { beginAhead(loading) }
                return LoadedValue(stored: held.bytes, origin: .local)
            }
            if loading.policy.stale == .staleWhileRevalidate {
                flights.begin(forKey: loading.key) { try await loading.run($0) }
                return LoadedValue(stored: held.bytes, origin: .stale)
            }
        }
        return try await flights.value(forKey: loading.key) { try await loading.run($0) }
    }

    /// Loads behind the readers of a value that is fresh still.
    private func beginAhead(_ loading: KeyLoad) {
        var loading = loading
        loading.isAhead = true
        flights.begin(forKey: loading.key) { [loading] in try await loading.run($0) }
    }

    /// What became of loads so far.
    public var loadStatistics: LoadStatistics {
        var statistics = loads.withLock(\.self)
        statistics.shared = flights.sharedCount
        return statistics
    }

    func count(_ event: LoadStatistics.Event) {
        loads.withLock { $0.counts[event, default: 0] += 1 }
    }

    /// How long a load is expected to take; nil before the first one.
    func loadTime(of policy: LoadPolicy) -> Duration? { loadTimes.withLock { $0[policy] } }

    func sawLoad(taking time: Duration, of policy: LoadPolicy) {
        loadTimes.withLock { $0.saw(time, of: policy) }
    }

    func pause(_ duration: Duration) async throws { try await clock.sleep(for: duration) }

    /// Writes what was loaded, if its lease is still held; kept in this process only if nothing was
    /// heard of the key since `token` was taken, before the source was read.
    func fill(
        _ write: CacheWrite,
        since token: LocalTier.FillToken
    ) async throws(StoreError) -> CacheWrite.Outcome? {
        let start = now()
        // Asked before the write, whose own message may be heard before it returns.
        let isUnchanged = tier.isUnchanged(since: token)
        let ownToken = tier.writeToken()
        let change = Change(writes: [write])
        let receipt = try await store.apply(change)
        tier.acknowledge(
            change.announcement,
            at: receipt.position,
            keeping: receipt.isOneStep && isUnchanged
                ? Self.entries(of: [write], receipt, from: start) : [],
            since: ownToken
        )
        return receipt.outcomes.first
    }
}
