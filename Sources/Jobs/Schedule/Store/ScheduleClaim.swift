import Telemetry

/// Moves an entry on, and fires what lies between: all or nothing.
public struct ScheduleClaim: Sendable, Equatable {
    /// An event that is to be enqueued.
    public struct Firing: Sendable, Equatable {
        /// When it should be by the timetable.
        public var instant: WallTime
        /// Why it is fired.
        public var cause: ScheduleRun.Cause
        /// The event, its id that of the firing.
        public var event: Event

        /// A firing from its parts.
        public init(instant: WallTime, cause: ScheduleRun.Cause, event: Event) {
            self.instant = instant
            self.cause = cause
            self.event = event
        }
    }

    /// What became of a claim.
    public enum Answer: Sendable, Equatable {
        /// The entry moved on; so many firings were enqueued or wait, the others were left out.
        case granted(fired: Int)
        /// Somebody else has moved it on, or changed it.
        case taken
        /// Too much waits for the broker: the entry stays where it is.
        case full
    }

    /// The entry as it was looked at.
    public var due: DueEntry
    /// The last instant that is seen to with this.
    public var through: WallTime
    /// When it is due again; nil: never.
    public var next: WallTime?
    /// In their order.
    public var firings: [Firing]
    /// How many instants are given up.
    public var missed: Int
    /// What the firings travel by.
    public var transport: ScheduleEntry.Transport
    /// What holds while a run is under way.
    public var overlap: ScheduleEntry.Overlap
    /// How long a run counts as under way that does not report.
    public var runLimit: Duration

    /// A claim from its parts, by the rules of an entry.
    public init(
        _ due: DueEntry,
        of entry: ScheduleEntry,
        through: WallTime,
        next: WallTime?,
        firings: [Firing],
        missed: Int = 0
    ) {
        self.due = due
        self.through = through
        self.next = next
        self.firings = firings
        self.missed = missed
        transport = entry.transport
        overlap = entry.overlap
        runLimit = entry.runLimit
    }

    /// The most events that may wait for the broker.
    public static let maxOutgoing = 10_000
    /// The most firings of an entry that may wait for its run to end.
    public static let maxWaiting = 100
}
