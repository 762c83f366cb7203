import Telemetry

/// The schedule as people see it: entries that can be read and changed from anywhere.
///
/// Entries of configuration files and of the program are there, too; of those only the pause can be
/// changed here, and it outlives the processes.
public protocol ScheduleStore: Sendable {
    /// Entries in the order of their names, beginning behind `name`; fewer than `limit`: no more.
    func listings(
        after name: String?,
        limit: Int
    ) async throws(ScheduleError) -> [ScheduleListing]

    /// The entry of that name.
    /// - Throws: `notFound`.
    func record(named name: String) async throws(ScheduleError) -> ScheduleRecord

    /// Makes a dynamic entry, or gives it another definition.
    ///
    /// An entry whose times change fires from now on by the new ones; else it keeps its place. A
    /// pause is kept.
    /// - Throws: `notDynamic`.
    func set(_ entry: ScheduleEntry) async throws(ScheduleError) -> ScheduleChange

    /// Removes a dynamic entry with its history; what was enqueued stays so.
    /// - Throws: `notFound`, `notDynamic`.
    func delete(_ name: String) async throws(ScheduleError)

    /// Lets an entry not fire until it is resumed; one that is paused keeps its first pause.
    /// - Throws: `notFound`.
    func pause(_ name: String, by who: String, reason: String) async throws(ScheduleError)

    /// Lets an entry fire again; what its timetable named meanwhile is not caught up.
    /// - Throws: `notFound`.
    func resume(_ name: String) async throws(ScheduleError)

    /// Fires an entry now, beside its timetable, also one that does not fire for now.
    ///
    /// Its overlap rule holds.
    /// - Throws: `notFound`; `unavailable` when too much waits for the broker.
    func fire(_ name: String) async throws(ScheduleError) -> ScheduleRun

    /// The last firings of an entry, the last one first.
    /// - Throws: `notFound`.
    func history(of name: String, limit: Int) async throws(ScheduleError) -> [ScheduleRun]

    /// The processes whose beat has looked at the schedule lately.
    func beats() async throws(ScheduleError) -> [BeatSighting]
}

/// What a new definition did.
public enum ScheduleChange: Sendable, Equatable {
    /// There was no such entry.
    case created
    /// It has other values now.
    case changed
    /// It had them already.
    case unchanged
}

/// A process whose beat has looked at the schedule lately.
public struct BeatSighting: Sendable, Equatable {
    /// A process that has not looked for longer lives no more.
    public static let lifetime = Duration.seconds(60)

    /// The name of the process.
    public var node: String
    /// When it looked last, by the clock of the server.
    public var seenAt: WallTime
    /// How far its clock is ahead of the server's; negative: behind.
    public var skew: Duration

    /// A sighting from its parts.
    public init(node: String, seenAt: WallTime, skew: Duration) {
        self.node = node
        self.seenAt = seenAt
        self.skew = skew
    }
}
