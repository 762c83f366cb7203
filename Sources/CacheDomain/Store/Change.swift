public import Codecs

/// One value on its way into the cache.
public struct CacheWrite: Sendable, Equatable {
    /// When the write takes place.
    public enum Condition: Sendable, Equatable {
        case always
        /// A value that is there stays.
        case ifAbsent
        /// Only while the lease with this token is still held, and none of the tags was purged
        /// since it was granted; the write ends it.
        case leased(String)
    }

    /// What became of a write.
    public enum Outcome: Sendable, Equatable {
        /// The value is there.
        case written
        /// A present value stayed.
        case present
        /// A later change of the key was there first, and stayed.
        case superseded
        /// The lease is not held any more: the value may be older than what was announced.
        case leaseLost
    }

    /// The full key.
    public var key: String
    /// The bytes as any client of the store will read them.
    public var value: [UInt8]
    /// Every cached key expires: eviction may only take what can be made again.
    public var timeToLive: Duration
    /// Tags the key becomes a member of.
    public var tags: [String]
    /// When it takes place.
    public var condition: Condition
    /// When it was asked for, if that is known: it gives way to what was asked for later.
    public var stamp: OrderStamp?
    /// Whether the process that writes it keeps a copy.
    public var keepsCopy: Bool

    /// A write from its parts.
    public init(
        key: String,
        value: [UInt8],
        timeToLive: Duration,
        tags: [String] = [],
        condition: Condition = .always,
        stamp: OrderStamp? = nil,
        keepsCopy: Bool = true
    ) {
        self.key = key
        self.value = value
        self.timeToLive = timeToLive
        self.tags = tags
        self.condition = condition
        self.stamp = stamp
        self.keepsCopy = keepsCopy
    }
}

/// Removals and writes that happen as one step, removals first, announced by one message.
public struct Change: Sendable, Equatable {
    /// Keys to remove.
    public var removals: [String]
    /// When each removal was asked for, one for each, or none at all: it leaves alone what a later
    /// write has put there.
    public var removalStamps: [OrderStamp?]
    /// Values to write after the removals.
    public var writes: [CacheWrite]

    /// A change from its parts.
    public init(
        removals: [String] = [],
        removalStamps: [OrderStamp?] = [],
        writes: [CacheWrite] = []
    ) {
        precondition(removalStamps.isEmpty || removalStamps.count == removals.count)
        self.removals = removals
        self.removalStamps = removalStamps
        self.writes = writes
    }

    /// What has to be announced.
    public var announcement: Announcement {
        Announcement(keys: writes.isEmpty ? removals : removals + writes.map(\.key))
    }
}

/// What a change did.
public struct ChangeReceipt: Sendable, Equatable {
    /// The position of the message that announced it.
    public let position: LogPosition
    /// How many of the removed keys existed.
    public let removedCount: Int
    /// For each write, in order: what became of it.
    public let outcomes: [CacheWrite.Outcome]

    /// Whether data and log changed in one step, so that their orders are the same.
    public let isOneStep: Bool

    /// For each write, in order: whether it took place.
    public var written: [Bool] { outcomes.map { $0 == .written } }

    /// A receipt from its parts.
    public init(
        position: LogPosition,
        removedCount: Int,
        outcomes: [CacheWrite.Outcome],
        isOneStep: Bool = true
    ) {
        self.position = position
        self.removedCount = removedCount
        self.outcomes = outcomes
        self.isOneStep = isOneStep
    }
}
