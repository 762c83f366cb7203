import CacheDomain
import Codecs
import Synchronization

/// A store that can be switched off for readers, or for who changes it.
final class BrokenStore: RemoteStore {
    private let store: InMemoryStore
    private let state = Mutex(State())

    private struct State {
        var error: StoreError?
        var changeError: StoreError?
        var purgeError: StoreError?
        var readings = 0
    }

    init(_ store: InMemoryStore) { self.store = store }

    /// What reading comes to from now on; nil for the truth.
    func fail(with error: StoreError?) { state.withLock { $0.error = error } }

    /// What changing comes to from now on; nil for the truth.
    func failChanges(with error: StoreError?) { state.withLock { $0.changeError = error } }

    /// What purges come to from now on; nil for the truth.
    func failPurges(with error: StoreError?) { state.withLock { $0.purgeError = error } }

    /// How often it was asked.
    var readings: Int { state.withLock { $0.readings } }

    func values(forKeys keys: [String]) async throws(StoreError) -> StoreReading {
        let error = state.withLock { state in
            state.readings += 1
            return state.error
        }
        if let error { throw error }
        return try await store.values(forKeys: keys)
    }

    func apply(_ change: Change) async throws(StoreError) -> ChangeReceipt {
        if let error = state.withLock(\.changeError) { throw error }
        return try await store.apply(change)
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
        if let error = state.withLock(\.purgeError) { throw error }
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
}
