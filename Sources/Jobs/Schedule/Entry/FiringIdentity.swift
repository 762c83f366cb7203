import Telemetry

/// What a firing is: an entry and a nominal instant.
///
/// Whoever fires it, and however often, it is the same one, and its event has the same id.
public struct FiringIdentity: Sendable, Hashable {
    /// The name of the entry.
    public var entry: String
    /// When it should be by the timetable.
    public var instant: WallTime

    private static let prefix = "schedule:"
    private static let separator: Character = "@"

    /// The firing of that entry at that instant.
    public init(entry: String, instant: WallTime) {
        self.entry = entry
        self.instant = instant
    }

    /// The firing that an event with that id came from; nil for an event of anybody else.
    public init?(eventID: String) {
        guard eventID.hasPrefix(Self.prefix) else { return nil }
        let parts = eventID.dropFirst(Self.prefix.count).split(separator: Self.separator)
        guard parts.count == 2, ScheduleEntry.isName(String(parts[0])),
            let instant = WallTime(String(parts[1]))
        else { return nil }
        self.init(entry: String(parts[0]), instant: instant)
    }

    /// Whether an event may come from a firing: a look at some bytes, made for each job.
    static func isLikely(_ eventID: String?) -> Bool {
        eventID?.utf8.starts(with: prefix.utf8) ?? false
    }

    /// The id of its event.
    public var eventID: String { "\(Self.prefix)\(entry)\(Self.separator)\(instant.text)" }
}
