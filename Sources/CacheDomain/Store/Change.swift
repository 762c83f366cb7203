/// One value on its way into the cache.
public struct CacheWrite: Sendable, Equatable {
    /// Whether the write gives way to a value that is there.
    public enum Condition: Sendable, Equatable {
        case always
        case ifAbsent
    }

    /// The full key.
    public var key: String
    /// The bytes as any client of the store will read them.
    public var value: [UInt8]
    /// Every cached key expires: eviction may only take what can be made again.
    public var timeToLive: Duration
    /// Tags the key becomes a member of.
    public var tags: [String]
    /// Whether a present value stays.
    public var condition: Condition

    /// A write from its parts.
    public init(
        key: String,
        value: [UInt8],
        timeToLive: Duration,
        tags: [String] = [],
        condition: Condition = .always
    ) {
        self.key = key
        self.value = value
        self.timeToLive = timeToLive
        self.tags = tags
        self.condition = condition
    }
}

/// Removals and writes that happen as one step, removals first, announced by one message.
public struct Change: Sendable, Equatable {
    /// Keys to remove.
    public var removals: [String]
    /// Values to write after the removals.
    public var writes: [CacheWrite]

    /// A change from its parts.
    public init(removals: [String] = [], writes: [CacheWrite] = []) {
        self.removals = removals
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
    /// For each write, in order: whether it took place.
    public let written: [Bool]

    /// A receipt from its parts.
    public init(position: LogPosition, removedCount: Int, written: [Bool]) {
        self.position = position
        self.removedCount = removedCount
        self.written = written
    }
}
