import CacheDomain
import Codecs
import Jobs

/// Does jobs by means of the cache layer: the one place that knows both.
struct CacheJobHandler: JobHandler {
    let cache: CacheLayer
    /// The life of a warmed entry that does not say how long it may live.
    let defaultTimeToLive: Duration
    /// What cleanups take away besides cached data.
    let upkeep: Upkeep

    func perform(_ work: BatchPlan.Work) async throws(JobError) -> WorkEffect {
        var effect = WorkEffect()
        switch work {
        case .invalidate(let removal):
            try await withStore { () throws(StoreError) in
                try await cache.remove(removal.keys, stamps: removal.stamps.keys)
                try await cache.purge(removal.scopes, stamps: removal.scopeStamps)
            }
        case .warm(let writes):
            try await withStore { () throws(StoreError) in
                let outcomes = try await cache.write(writes.map(cacheWrite))
                for (write, outcome) in zip(writes, outcomes) where outcome == .superseded {
                    effect.supersededKeys.append(write.entry.key)
                }
            }
        case .cleanup(let cleanup):
            guard let name = CleanupTask.Name(rawValue: cleanup.task) else {
                throw .unknown("cleanup task", cleanup.task, known: CleanupTask.Name.allCases)
            }
            try await perform(try CleanupTask(name, cleanup))
        case .load(let loading, _):
            throw .unknown("loader", loading.loader, known: [String]())
        case .task(let call):
            throw .unknown("task", call.name, known: [String]())
        }
        return effect
    }

    private func perform(_ task: CleanupTask) async throws(JobError) {
        switch task {
        case .orphanedTags:
            try await withStore { () throws(StoreError) in
                try await cache.removeOrphanedTagMembers()
            }
        case .emptyWindows(let pattern, let age):
            try await withStore { () throws(StoreError) in
                try await cache.removeEmptyWindows(matching: pattern, olderThan: age)
            }
        case .expiredLocal:
            cache.removeExpiredLocalEntries()
        case .failedJobs, .idleConsumers, .journal, .scheduleHistory, .expiredSessions:
            try await upkeep.perform(task)
        }
    }

    private func withStore(_ body: () async throws(StoreError) -> Void) async throws(JobError) {
        do throws(StoreError) {
            try await body()
        } catch {
            throw JobError(reason: error.code.rawValue, error.message, remedy: error.remedy)
        }
    }

    private func cacheWrite(_ write: BatchPlan.Write) -> CacheWrite {
        CacheWrite(
            key: write.entry.key,
            value: write.entry.value,
            timeToLive: write.entry.timeToLive ?? defaultTimeToLive,
            tags: write.entry.tags,
            condition: write.ifAbsent ? .ifAbsent : .always,
            stamp: write.stamp
        )
    }
}

extension BatchPlan.Removal {
    fileprivate var scopes: [PurgeScope] {
        PurgeScope.list(tags: tags, patterns: patterns, namespaces: namespaces)
    }

    /// One for each scope.
    fileprivate var scopeStamps: [OrderStamp?] {
        func all(_ stamps: [OrderStamp?], _ names: [String]) -> [OrderStamp?] {
            stamps.isEmpty ? names.map { _ in nil } : stamps
        }
        return all(stamps.tags, tags) + all(stamps.patterns, patterns)
            + all(stamps.namespaces, namespaces)
    }
}

extension StoreError {
    fileprivate var remedy: JobError.Remedy {
        switch code {
        case .invalid: .none
        // A full server still removes: what it has no room for must not hold removals up.
        case .full: .retry
        case .unavailable, .outcomeUnknown, .refused, .denied: .wait
        }
    }
}

extension JobError {
    /// The job names something that this worker does not have, and never will before a restart.
    fileprivate static func unknown(
        _ kind: String,
        _ name: String,
        known: some Collection<some Any>
    ) -> JobError {
        let names = known.map { "\($0)" }.joined(separator: ", ")
        return JobError(
            reason: "unknown-\(kind.split(separator: " ").last ?? "name")",
            "there is no \(kind) \"\(name)\"; there is: \(names.isEmpty ? "none" : names)",
            remedy: .none
        )
    }
}
