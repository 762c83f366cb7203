public import Codecs

/// The tier that all processes share, and the log that gives its changes their order.
///
/// Every mutation is announced in the same step, so a reader of the log who has applied a message
/// knows that the store is at least as new. Operations are idempotent; concurrent calls are legal.
///
/// Of changes with stamps of one clock the later one wins, in whatever order they are made. For
/// this the store remembers what was changed when, as long as it is needed and within a bound;
/// what it cannot know any more it takes for superseded: a miss, never an old value.
public protocol RemoteStore: Sendable {
    /// The values of the keys.
    func values(forKeys keys: [String]) async throws(StoreError) -> StoreReading

    /// Removes and writes, then announces, as one step that no reader sees half done.
    func apply(_ change: Change) async throws(StoreError) -> ChangeReceipt

    /// Runs the steps as one transaction: wholly, or not at all where one cannot be done.
    ///
    /// What it changes of keys that processes may copy is announced in the same step.
    func perform(_ steps: [StructureStep]) async throws(StoreError) -> StructureReceipt

    /// Appends a message that changes nothing in the store.
    func announce(_ announcement: Announcement) async throws(StoreError) -> LogPosition

    /// Removes what the scope covered when the call began, in bounded steps, and returns how many
    /// keys that were.
    ///
    /// It announces the members of a tag as it removes them, since only the store knows them all,
    /// and tells `announced` each time; the other scopes are for the caller to announce before
    /// and after. After a failure it may be begun anew. With a stamp it leaves alone what was
    /// written later, and no older write gets into the scope any more.
    func purge(
        _ scope: PurgeScope,
        stamp: OrderStamp?,
        announced: ([String], LogPosition) -> Void
    ) async throws(StoreError) -> Int

    /// Some of the keys that the glob matches, beginning where another page ended.
    ///
    /// A key that is there from the first page to the last is on one of them, perhaps on several;
    /// a page may have none. The keys of the service itself are on none, nor is a key that is no
    /// UTF-8.
    func keys(
        matching pattern: String,
        from cursor: KeyPage.Cursor?
    ) async throws(StoreError) -> KeyPage

    /// Removes from all tags the members whose key is gone, in bounded steps, and returns how
    /// many that were.
    func removeOrphanedTagMembers() async throws(StoreError) -> Int

    /// Removes the sliding windows whose key the glob matches and whose last mark is so old, in
    /// bounded steps, and returns how many that were.
    ///
    /// A sorted set that holds no moments since 2001 is no window, and stays.
    func removeEmptyWindows(
        matching pattern: String,
        olderThan age: Duration
    ) async throws(StoreError) -> Int

    // MARK: Loading

    /// Asks for the right to load a value, unless the store has one that lives longer than
    /// `minimumRemaining`.
    ///
    /// A write on the condition that the lease is held ends it, and so does everything else that
    /// changes the key, in the same step. To ask again with the same lease begins it anew.
    func claim(
        _ lease: LoadLease,
        unlessLivesLonger minimumRemaining: Duration
    ) async throws(StoreError) -> LoadClaim

    /// Begins the lease's time anew; false when it is not the caller's any more.
    func renew(_ lease: LoadLease) async throws(StoreError) -> Bool

    /// Gives the lease back, if it is still the caller's, so that others need not wait for its end.
    func release(_ lease: LoadLease) async throws(StoreError)
}

extension RemoteStore {
    /// Removes whatever the scope covered when the call began.
    public func purge(
        _ scope: PurgeScope,
        announced: ([String], LogPosition) -> Void
    ) async throws(StoreError) -> Int {
        try await purge(scope, stamp: nil, announced: announced)
    }
}

/// A value in the remote store.
public struct StoredValue: Sendable, Equatable {
    /// The stored bytes.
    public let bytes: [UInt8]
    /// How long it has to live; nil when a foreign writer gave it no limit.
    public let remaining: Duration?

    /// A value from its parts.
    public init(bytes: [UInt8], remaining: Duration?) {
        self.bytes = bytes
        self.remaining = remaining
    }
}

/// A set of keys that only the store can enumerate.
public enum PurgeScope: Sendable, Hashable {
    /// The members of a tag.
    case tag(String)
    /// The keys that a glob matches.
    case pattern(String)
    /// The keys that begin with the name and a colon.
    case namespace(String)

    /// The scopes of three lists of names.
    public static func list(
        tags: [String],
        patterns: [String],
        namespaces: [String]
    ) -> [PurgeScope] {
        tags.map(PurgeScope.tag) + patterns.map(PurgeScope.pattern)
            + namespaces.map(PurgeScope.namespace)
    }

    /// What announces the scope.
    public var announcement: Announcement {
        switch self {
        case .tag(let name): Announcement(tags: [name])
        case .pattern(let glob): Announcement(patterns: [glob])
        case .namespace(let name): Announcement(namespaces: [name])
        }
    }
}
