import CacheDomain

/// The cleanup tasks, by the name an event gives them.
enum CleanupTask: String, CaseIterable, CustomStringConvertible {
    /// Takes members whose key is gone out of the tags.
    case orphanedTags = "orphaned-tags"
    /// Gives back the memory of expired entries in this process.
    case expiredLocal = "expired-local"

    var description: String { rawValue }

    func run(on cache: CacheLayer) async throws(StoreError) {
        switch self {
        case .orphanedTags: try await cache.removeOrphanedTagMembers()
        case .expiredLocal: cache.removeExpiredLocalEntries()
        }
    }
}
