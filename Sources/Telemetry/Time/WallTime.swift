/// A moment of the wall clock: for what people and producers name, never for waiting.
public struct WallTime: Sendable, Hashable, Comparable {
    /// Milliseconds since 1970 in UTC; negative before.
    public let milliseconds: Int64

    /// A moment from its number.
    public init(milliseconds: Int64) { self.milliseconds = milliseconds }

    /// This moment, by the clock of the machine.
    public static func now() -> WallTime {
        WallTime(milliseconds: Timestamp.millisecondsSince1970())
    }

    /// The earlier moment is less.
    public static func < (left: WallTime, right: WallTime) -> Bool {
        left.milliseconds < right.milliseconds
    }

    /// How long it is from this moment to `other`; negative if that is earlier.
    public func duration(to other: WallTime) -> Duration {
        .milliseconds(other.milliseconds - milliseconds)
    }

    /// The moment so much later.
    public static func + (time: WallTime, duration: Duration) -> WallTime {
        WallTime(milliseconds: time.milliseconds + Int64(duration / .milliseconds(1)))
    }

    /// The moment that an RFC 3339 timestamp names; nil when the text is none.
    public init?(_ text: String) {
        guard let moment = RFC3339.moment(text) else { return nil }
        self = moment
    }

    /// RFC 3339 in UTC with milliseconds.
    public var text: String { Timestamp.text(milliseconds: milliseconds) }

    /// RFC 3339 in UTC without what is finer than a second: `2026-11-20T09:00:00Z`.
    public var secondsText: String { text.prefix { $0 != "." } + "Z" }
}
