import Telemetry

/// An entry as it stands in the schedule: its definition, where it comes from and how it goes.
public struct ScheduleRecord: Sendable, Equatable {
    /// Who defined an entry.
    public enum Origin: String, Sendable, CaseIterable {
        /// The configuration file of a process that lives.
        case file
        /// The program itself.
        case builtin
        /// Somebody at run time.
        case dynamic
    }

    /// Why an entry does not fire for now.
    public struct Pause: Sendable, Equatable {
        /// Who paused it.
        public var by: String
        /// Why; may be empty.
        public var reason: String
        /// Since when, by the clock of the server.
        public var since: WallTime

        /// A pause from its parts.
        public init(by: String, reason: String, since: WallTime) {
            self.by = by
            self.reason = reason
            self.since = since
        }
    }

    /// What was counted since the entry was made.
    public struct Counts: Sendable, Equatable {
        /// Firings that were enqueued, all kinds.
        public var enqueued = 0
        /// Those of them that came later than they should, by the catch-up policy.
        public var caughtUp = 0
        /// Instants that nobody was there for, and that were not caught up.
        public var missed = 0
        /// Firings that were left out since a run was under way.
        public var skipped = 0

        /// Nothing was counted.
        public init() {}
    }

    /// The definition.
    public var entry: ScheduleEntry
    /// Who defined it.
    public var origin: Origin
    /// Set while it does not fire.
    public var pause: Pause?
    /// All instants up to this have been seen to.
    public var place: WallTime
    /// What was counted.
    public var counts: Counts
    /// The nominal instants of runs that are under way; none unless its overlap rule asks.
    public var underWay: [WallTime]
    /// How many firings wait for a run to end.
    public var waitingCount: Int

    /// A record from its parts.
    public init(
        entry: ScheduleEntry,
        origin: Origin,
        pause: Pause? = nil,
        place: WallTime,
        counts: Counts = Counts(),
        underWay: [WallTime] = [],
        waitingCount: Int = 0
    ) {
        self.entry = entry
        self.origin = origin
        self.pause = pause
        self.place = place
        self.counts = counts
        self.underWay = underWay
        self.waitingCount = waitingCount
    }

    /// Whether it fires.
    public var isActive: Bool { entry.isEnabled && pause == nil }

    /// When it fires next; nil when never, or while it does not.
    public var next: WallTime? { isActive ? entry.next(after: place) : nil }
}
