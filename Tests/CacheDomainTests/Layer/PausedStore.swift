import CacheDomain
import Codecs
import TestSupport

/// A store that answers reads, or purges, only when the test lets it.
struct PausedStore: RemoteStore {
    /// What has to wait.
    enum Pause: Sendable {
        /// The values have been read, but are not handed over.
        case afterReading
        /// The purge was announced, but nothing is removed.
        case beforePurging
    }

    let store: any RemoteStore
    let pause: Pause
    let reached = Latch()
    let mayGoOn = Latch()

    init(_ store: any RemoteStore, _ pause: Pause) {
        self.store = store
        self.pause = pause
    }

    func values(forKeys keys: [String]) async throws(StoreError) -> StoreReading {
        let values = try await store.values(forKeys: keys)
        if pause == .afterReading { await wait() }
        return values
    }

    func apply(_ change: Change) async throws(StoreError) -> ChangeReceipt {
        try await store.apply(change)
    }

    func perform(_ steps: [StructureStep]) async throws(StoreError) -> StructureReceipt {
        try await store.perform(steps)
    }

    func announce(_ announcement: Announcement) async throws(StoreError) -> LogPosition {
        try await store.announce(announcement)
    }

    func purge(
        _ scope: PurgeScope,
        stamp: OrderStamp?,
        announced: ([String], LogPosition) -> Void
    ) async throws(StoreError) -> Int {
        if pause == .beforePurging { await wait() }
        return try await store.purge(scope, stamp: stamp, announced: announced)
    }

    func keys(
        matching pattern: String,
        from cursor: KeyPage.Cursor?
    ) async throws(StoreError) -> KeyPage {
        try await store.keys(matching: pattern, from: cursor)
    }

    func removeEmptyWindows(
        matching pattern: String,
        olderThan age: Duration
    ) async throws(StoreError) -> Int {
        try await store.removeEmptyWindows(matching: pattern, olderThan: age)
    }

    func removeOrphanedTagMembers() async throws(StoreError) -> Int {
        try await store.removeOrphanedTagMembers()
    }

    func claim(
        _ lease: LoadLease,
        unlessLivesLonger minimumRemaining: Duration
    ) async throws(StoreError) -> LoadClaim {
        try await store.claim(lease, unlessLivesLonger: minimumRemaining)
    }

    func renew(_ lease: LoadLease) async throws(StoreError) -> Bool {
        try await store.renew(lease)
    }

    func release(_ lease: LoadLease) async throws(StoreError) {
        try await store.release(lease)
    }

    private func wait() async {
        reached.open()
        await mayGoOn.wait()
    }
}
