import Telemetry

/// Something that is to happen at certain times: when, and the event that makes it happen.
///
/// A value without a history; what has become of its firings stands in a ``ScheduleRecord``.
public struct ScheduleEntry: Sendable, Equatable {
    /// What its events travel by.
    public enum Transport: String, Sendable, CaseIterable {
        /// The job streams of Redis, or the queue of the process where there is none.
        case stream
        /// RabbitMQ.
        case amqp
    }

    /// What it is called: letters, digits, `.`, `_` and `-`, at most 100.
    public var name: String
    /// When it fires.
    public var timing: ScheduleTiming
    /// What it publishes.
    public var event: EventTemplate
    /// What its events travel by.
    public var transport = Transport.stream
    /// Whether it fires at all.
    public var isEnabled = true
    /// How far its events are spread: each waits for a part of this that its instant gives it.
    public var jitter = Duration.zero
    /// What becomes of instants that nobody was there for.
    public var catchUp = CatchUp.last
    /// What becomes of a firing while the last run is under way.
    public var overlap = Overlap.allow
    /// A run that has not reported by then counts as under way no longer.
    public var runLimit = ScheduleEntry.usualRunLimit
    /// It does not fire before.
    public var start: WallTime?
    /// It does not fire after.
    public var end: WallTime?

    /// How long a run counts as under way that does not report, unless told otherwise.
    public static let usualRunLimit = Duration.seconds(3_600)
    /// How long a name may be.
    public static let maxNameLength = 100
    /// What a name may be, in words.
    public static let nameRule =
        "1 to \(maxNameLength) letters, digits, dots, underscores and dashes"

    /// An entry of that name, with the usual rules.
    public init(name: String, timing: ScheduleTiming, event: EventTemplate) {
        self.name = name
        self.timing = timing
        self.event = event
    }

    /// Whether an entry can have that name.
    public static func isName(_ text: String) -> Bool {
        (1...maxNameLength).contains(text.utf8.count)
            && text.utf8.allSatisfy { byte in
                switch byte {
                case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, 0x2D, 0x2E, 0x5F: true
                default: false
                }
            }
    }
}

extension ScheduleEntry {
    /// What becomes of instants that nobody was there for: no process ran, or no server.
    public enum CatchUp: Sendable, Equatable {
        /// They are missed.
        case none
        /// The last of them is fired, the others are missed.
        case last
        /// Those of the last `window` are fired, at most the last `cap` of them.
        case all(window: Duration, cap: Int)

        /// The most firings that are caught up at once.
        public static let maxCap = 1_000
        /// How many are caught up unless told otherwise.
        public static let usualCap = 100
    }

    /// What becomes of a firing while the last run of its entry is under way.
    public enum Overlap: String, Sendable, CaseIterable {
        /// Both run.
        case allow
        /// The firing is left out.
        case skip
        /// A run that has not begun when the next instant comes never does: its event expires.
        case replace
        /// The firing waits until the run has ended.
        case queue
    }
}
