public import Codecs
import Synchronization

/// The cache as the rest of the program sees it: a tier in this process over the store that all
/// processes share, kept coherent by the order of the log.
///
/// Every mutation reaches the store and the log first and the own tier before the call returns, so
/// a caller reads its own writes. Other processes follow through the log.
public final class CacheLayer: Sendable {
    /// How many keys one change, and so one message, may name.
    static let maxKeysPerChange = 1000
    /// How many tags the writes of one change may have in all: each costs the server a command.
    static let maxTagsPerChange = 5000
    /// How many bytes of keys and values one change may carry: it keeps the server busy, and its
    /// message goes to every process.
    static let maxBytesPerChange = 1 << 20
    /// How long a value is kept in the process at most, whatever life it has in the store.
    static let maxLocalTimeToLive = Duration.seconds(60)

    let store: any RemoteStore
    /// What this process holds.
    public let tier: LocalTier
    let gate: ServingGate
    let now: @Sendable () -> ContinuousClock.Instant
    let clock: any Clock<Duration>
    let reading: Mutex<Reading>
    let loads = Mutex(LoadStatistics())
    let loadTimes = Mutex(LoadTimes())
    let lot: @Sendable () -> Double
    let flights = SingleFlight<LoadedValue>()
    /// What became of the calls of the caches that stand on it.
    public let usage = CacheUsage()

    /// What readers share.
    struct Reading {
        var breaker: CircuitBreaker
        /// The keys that are asked for behind a stale answer.
        var refreshes: Set<ExactString> = []
        /// What was decided about copies that might not be served as they were.
        var decisions: [ReadDecision: Int] = [:]
    }

    /// A layer over the two tiers; `gate` says when the local one may answer, and a `lot` from 0 to
    /// 1 which reader loads a value ahead of its time.
    public init(
        store: any RemoteStore,
        tier: LocalTier,
        gate: ServingGate,
        breaker: CircuitBreaker = CircuitBreaker(),
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now },
        lot: @escaping @Sendable () -> Double = { .random(in: 0...1) }
    ) {
        self.store = store
        self.tier = tier
        self.gate = gate
        self.clock = clock
        self.now = now
        self.lot = lot
        reading = Mutex(Reading(breaker: breaker))
    }

    // MARK: Changing

    /// Removes the keys everywhere and returns how many of them the store had.
    ///
    /// Stamps, one for each key or none at all, say when it was asked for: what was written later
    /// stays.
    @discardableResult
    public func remove(
        _ keys: [String],
        stamps: [OrderStamp?] = []
    ) async throws(StoreError) -> Int {
        var removed = 0
        var done = 0
        for chunk in Self.chunks(of: keys, cost: { Cost(byteCount: $0.utf8.count) }) {
            var change = Change(removals: chunk)
            if chunk.count == stamps.count {
                change.removalStamps = stamps
            } else if !stamps.isEmpty {
                change.removalStamps = Array(stamps[done..<done + chunk.count])
            }
            done += chunk.count
            let receipt = try await store.apply(change)
            tier.acknowledge(change.announcement, at: receipt.position)
            removed += receipt.removedCount
        }
        return removed
    }

    /// Removes what the scopes cover and returns how many keys that were.
    ///
    /// Announced before, so that nothing old is filled in meanwhile, and after, when it is true.
    /// The work is done in bounded steps; after a failure it may be begun anew.
    @discardableResult
    public func purge(
        _ scopes: [PurgeScope],
        stamps: [OrderStamp?] = []
    ) async throws(StoreError) -> Int {
        guard !scopes.isEmpty else { return 0 }
        let announcement = scopes.reduce(into: Announcement()) { $0.formUnion($1.announcement) }
        try await announce(announcement)
        var removed = 0
        for (index, scope) in scopes.enumerated() {
            let stamp = stamps.isEmpty ? nil : stamps[index]
            removed += try await store.purge(scope, stamp: stamp) { keys, position in
                tier.acknowledge(Announcement(keys: keys), at: position)
            }
        }
        try await announce(announcement)
        return removed
    }

    /// Writes the values and tells, for each in order, what became of it.
    ///
    /// What was written is kept in this process too, where data and log change in one step: else
    /// another writer may have been first in the one and second in the other.
    @discardableResult
    public func write(
        _ writes: [CacheWrite]
    ) async throws(StoreError) -> [CacheWrite.Outcome] {
        var outcomes: [CacheWrite.Outcome] = []
        for chunk in Self.chunks(of: writes, cost: Cost.init) {
            let start = now()
            let token = tier.writeToken()
            let change = Change(writes: chunk)
            let receipt = try await store.apply(change)
            tier.acknowledge(
                change.announcement,
                at: receipt.position,
                keeping: receipt.isOneStep ? Self.entries(of: chunk, receipt, from: start) : [],
                since: token
            )
            outcomes += receipt.outcomes
        }
        return outcomes
    }

    // MARK: Looking around

    /// Some of the keys that the glob matches, beginning where another page ended.
    public func keys(
        matching pattern: String,
        from cursor: KeyPage.Cursor? = nil
    ) async throws(StoreError) -> KeyPage {
        try await store.keys(matching: pattern, from: cursor)
    }

    // MARK: Cleaning up

    /// Removes from all tags the members whose key is gone, and returns how many that were.
    @discardableResult
    public func removeOrphanedTagMembers() async throws(StoreError) -> Int {
        try await store.removeOrphanedTagMembers()
    }

    /// Removes the sliding windows whose key the glob matches and whose last mark is so old, and
    /// returns how many that were.
    @discardableResult
    public func removeEmptyWindows(
        matching pattern: String,
        olderThan age: Duration
    ) async throws(StoreError) -> Int {
        try await store.removeEmptyWindows(matching: pattern, olderThan: age)
    }

    /// Removes expired entries from this process, and returns how many that were.
    @discardableResult
    public func removeExpiredLocalEntries() -> Int {
        tier.removeExpired(at: now())
    }

    /// Gives back the memory of expired entries of this process, again and again, until the task is
    /// cancelled.
    public func sweep() async { await tier.sweep(now: now) }

    private func announce(_ announcement: Announcement) async throws(StoreError) {
        tier.acknowledge(announcement, at: try await store.announce(announcement))
    }

    /// What was written, as this process keeps it.
    static func entries(
        of writes: [CacheWrite],
        _ receipt: ChangeReceipt,
        from start: ContinuousClock.Instant
    ) -> [(key: String, entry: LocalEntry)] {
        zip(writes, receipt.outcomes)
            .compactMap { write, outcome in
                guard outcome == .written, write.keepsCopy else { return nil }
                let entry = LocalEntry(
                    bytes: write.value,
                    expiry: localExpiry(write.timeToLive, from: start),
                    tags: write.tags,
                    sequence: receipt.position.sequence,
                    asOf: receipt.position,
                    storeExpiry: start + write.timeToLive
                )
                return (write.key, entry)
            }
    }

    static func localExpiry(
        _ timeToLive: Duration?,
        from start: ContinuousClock.Instant
    ) -> ContinuousClock.Instant {
        start + min(timeToLive ?? maxLocalTimeToLive, maxLocalTimeToLive)
    }

    /// What an item adds to a change.
    private struct Cost {
        var byteCount: Int
        var tagCount = 0

        init(byteCount: Int) { self.byteCount = byteCount }

        init(_ write: CacheWrite) {
            byteCount = write.key.utf8.count + write.value.count
            tagCount = write.tags.count
        }
    }

    /// The items in their order, in changes that keep all bounds; a larger item goes alone.
    private static func chunks<Item>(of items: [Item], cost: (Item) -> Cost) -> [[Item]] {
        var chunks: [[Item]] = []
        var current: [Item] = []
        var sum = Cost(byteCount: 0)
        for item in items {
            let cost = cost(item)
            let isFull =
                current.count == maxKeysPerChange
                || sum.byteCount + cost.byteCount > maxBytesPerChange
                || sum.tagCount + cost.tagCount > maxTagsPerChange
            if isFull, !current.isEmpty {
                chunks.append(current)
                current = []
                sum = Cost(byteCount: 0)
            }
            current.append(item)
            sum.byteCount += cost.byteCount
            sum.tagCount += cost.tagCount
        }
        return current.isEmpty ? chunks : chunks + [current]
    }
}
