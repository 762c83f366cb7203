import Codecs

/// All that belongs to somebody.
extension DomainCache {
    /// Removes what is kept of the owner, and all that was kept as belonging to him, and returns
    /// how many values that were; `context` says why, to the observer.
    ///
    /// Tier detections of a customer are found by their keys, too: so go those of other programs.
    @discardableResult
    public func removeAll(
        of owner: DomainOwner,
        context: String = ""
    ) async throws(CacheError) -> Int {
        let layer = cache.layer
        let start = layer.now()
        let tag = try tag(of: owner)
        var scopes: [PurgeScope] = [.tag(tag)]
        if case .customer(let id) = owner {
            let detections = try types.tierDetection.key(cache.namespace, [id])
            scopes.append(.pattern(GlobPattern.escaping("\(detections):") + "*"))
        }
        let wanted = scopes
        do throws(CacheError) {
            let count = try await cache.asking { () throws(StoreError) in
                try await layer.purge(wanted) + layer.remove([tag])
            }
            cache.tally.count { $0.removals += count }
            report(tag, context, count, nil, since: start)
            return count
        } catch {
            report(tag, context, 0, error, since: start)
            throw error
        }
    }

    /// The tag of all that belongs to an owner is the key of what is kept of him.
    func tag(of owner: DomainOwner) throws(CacheError) -> String {
        switch owner {
        case .customer(let id): try types.customer.key(cache.namespace, [id])
        case .conversation(let id): try types.conversation.key(cache.namespace, [id])
        }
    }

    private func report(
        _ name: String,
        _ context: String,
        _ count: Int,
        _ error: CacheError?,
        since start: ContinuousClock.Instant
    ) {
        observer?
            .observe(
                .invalidated(
                    InvalidationReport(
                        .owner,
                        name: name,
                        context: context,
                        removedCount: count,
                        failure: error.map { "\($0)" },
                        duration: start.duration(to: cache.layer.now())
                    )
                )
            )
    }
}
