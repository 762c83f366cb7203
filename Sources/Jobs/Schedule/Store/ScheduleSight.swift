import Telemetry

/// What a beat says when it looks.
public struct Glance: Sendable, Equatable {
    /// The name of the process.
    public var node: String
    /// How far its clock is ahead of the server's.
    public var skew: Duration
    /// How many entries it takes at most.
    public var limit: Int

    /// A glance from its parts.
    public init(node: String, skew: Duration = .zero, limit: Int) {
        self.node = node
        self.skew = skew
        self.limit = limit
    }
}

/// What a beat sees when it looks.
public struct ScheduleSight: Sendable, Equatable {
    /// The clock of the server.
    public var now: WallTime
    /// Nil while the schedule has no life: nobody has put anything in.
    public var version: ScheduleVersion?
    /// Whether the schedule knows what this process brings along.
    public var isInstalled: Bool
    /// Entries that are due, the one that has waited longest first.
    public var due: [DueEntry]
    /// Since when the first of them has been due; nil: none is, or its time has to be found.
    public var dueSince: WallTime?
    /// When the first entry behind those is due; nil: none.
    public var nextDue: WallTime?
    /// How many events wait for the broker.
    public var outgoingCount: Int
    /// Since when the first of them has waited; nil: none does.
    public var outgoingSince: WallTime?
    /// How many entries there are.
    public var entryCount: Int

    /// A sight from its parts.
    public init(
        now: WallTime,
        version: ScheduleVersion?,
        isInstalled: Bool = true,
        due: [DueEntry] = [],
        dueSince: WallTime? = nil,
        nextDue: WallTime? = nil,
        outgoingCount: Int = 0,
        outgoingSince: WallTime? = nil,
        entryCount: Int = 0
    ) {
        self.now = now
        self.version = version
        self.isInstalled = isInstalled
        self.due = due
        self.dueSince = dueSince
        self.nextDue = nextDue
        self.outgoingCount = outgoingCount
        self.outgoingSince = outgoingSince
        self.entryCount = entryCount
    }
}

/// An entry whose time has come, or whose next time has to be found.
public struct DueEntry: Sendable, Equatable {
    /// Its name.
    public var name: String
    /// The definition in its one form; a newer program may have written it.
    public var json: [UInt8]
    /// Differs with each definition.
    public var revision: String
    /// All instants up to this have been seen to.
    public var place: WallTime

    /// An entry from its parts.
    public init(name: String, json: [UInt8], revision: String, place: WallTime) {
        self.name = name
        self.json = json
        self.revision = revision
        self.place = place
    }
}

extension ScheduleSight {
    /// How long the first entry has waited whose next instant is known; nil: none is due.
    public var lag: Duration? { dueSince.map { $0.duration(to: now) } }
}
