public import Codecs
import Synchronization

/// A client of an in-memory server: the twin of the Redis store and log.
public struct InMemoryStore: RemoteStore, CoherenceLog {
    private let server: InMemoryServer
    private let node: String

    /// A client that signs its messages with `node`.
    public init(_ server: InMemoryServer, node: String) {
        self.server = server
        self.node = node
    }

    /// The values of the keys.
    public func values(forKeys keys: [String]) async throws(StoreError) -> StoreReading {
        server.values(forKeys: keys)
    }

    /// Removes, writes and announces under one lock.
    public func apply(_ change: Change) async throws(StoreError) -> ChangeReceipt {
        server.apply(change, node: node)
    }

    /// Runs the steps under one lock.
    public func perform(_ steps: [StructureStep]) async throws(StoreError) -> StructureReceipt {
        try server.perform(steps, node: node)
    }

    /// Appends a message.
    public func announce(_ announcement: Announcement) async throws(StoreError) -> LogPosition {
        server.announce(announcement, node: node)
    }

    /// Removes all that the scope covers in one step.
    public func purge(
        _ scope: PurgeScope,
        stamp: OrderStamp?,
        announced: ([String], LogPosition) -> Void
    ) async throws(StoreError) -> Int {
        let (removed, announcement) = server.purge(scope, stamp: stamp, node: node)
        if let announcement { announced(announcement.keys, announcement.position) }
        return removed
    }

    /// All keys on one page.
    public func keys(
        matching pattern: String,
        from cursor: KeyPage.Cursor?
    ) async throws(StoreError) -> KeyPage {
        guard cursor == nil else {
            throw StoreError(.invalid, "an enumeration in memory has one page, and no other")
        }
        return KeyPage(keys: server.keys(matching: pattern), next: nil)
    }

    /// Removes all old windows in one step.
    public func removeEmptyWindows(
        matching pattern: String,
        olderThan age: Duration
    ) async throws(StoreError) -> Int {
        server.removeEmptyWindows(matching: pattern, olderThan: age)
    }

    /// Removes all orphaned members in one step.
    public func removeOrphanedTagMembers() async throws(StoreError) -> Int {
        server.removeOrphanedTagMembers()
    }

    /// Grants the lease, if nobody has it and no value is good enough.
    public func claim(
        _ lease: LoadLease,
        unlessLivesLonger minimumRemaining: Duration
    ) async throws(StoreError) -> LoadClaim {
        server.claim(lease, unlessLivesLonger: minimumRemaining)
    }

    /// Begins the lease's time anew.
    public func renew(_ lease: LoadLease) async throws(StoreError) -> Bool { server.renew(lease) }

    /// Gives the lease back.
    public func release(_ lease: LoadLease) async throws(StoreError) { server.release(lease) }

    /// The position of the last message.
    public func position() async throws(StoreError) -> LogPosition { server.position }

    /// The journal's messages from `sequence` on.
    public func journal(
        from sequence: UInt64,
        limit: Int
    ) async throws(StoreError) -> [ArraySlice<UInt8>] {
        server.journal(from: sequence, limit: limit)
    }

    /// Repeats the last position to everyone.
    public func sendHeartbeat(canary: String) async throws(StoreError) {
        server.heartbeat(node: node, canary: canary)
    }

    /// Reports every message until the task is cancelled.
    public func follow(_ receive: @escaping @Sendable (CoherenceSignal) -> Void) async {
        let subscription = server.subscribe(receive)
        let ending = AsyncStream<Never> { _ in }
        for await _ in ending {}
        server.unsubscribe(subscription)
    }
}
