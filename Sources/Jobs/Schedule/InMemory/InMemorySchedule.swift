import Synchronization
import Telemetry

/// The schedule of one process that has no Redis: the twin of the one on Redis.
///
/// Events for the job streams go into the queue of the process.
public final class InMemorySchedule: BeatStore {
    private let queue: InMemoryQueue
    private let zones: any ZoneSource
    private let wallClock: @Sendable () -> WallTime
    private let book = Mutex(ScheduleBook())

    /// An empty schedule that fires into `queue`.
    public init(
        firingInto queue: InMemoryQueue,
        zones: any ZoneSource,
        wallClock: @escaping @Sendable () -> WallTime = { .now() }
    ) {
        self.queue = queue
        self.zones = zones
        self.wallClock = wallClock
    }

    /// One step on the book, and what it enqueued into the queue.
    private func step<Result: Sendable>(
        _ body: (inout ScheduleBook, WallTime) throws(ScheduleError) -> Result
    ) async throws(ScheduleError) -> Result {
        let now = wallClock()
        let (result, events) = try book.withLock { (book) throws(ScheduleError) in
            let result = try body(&book, now)
            defer { book.outbound = [] }
            return (result, book.outbound)
        }
        for event in events { await queue.add(event.encoded()) }
        return result
    }

    // MARK: What people do

    /// Entries in the order of their names.
    public func listings(
        after name: String?,
        limit: Int
    ) async throws(ScheduleError) -> [ScheduleListing] {
        let lines = book.withLock { book in
            book.lines.values.filter { line in name.map { line.name > $0 } ?? true }
                .sorted { $0.name < $1.name }.prefix(limit)
        }
        return lines.map { line in
            do throws(ScheduleError) {
                return .readable(try line.record(zones))
            } catch {
                return .unreadable(name: line.name, error)
            }
        }
    }

    /// The entry of that name.
    public func record(named name: String) async throws(ScheduleError) -> ScheduleRecord {
        try await step { (book, _) throws(ScheduleError) in try book.line(named: name).record(zones)
        }
    }

    /// Makes or changes a dynamic entry.
    public func set(_ entry: ScheduleEntry) async throws(ScheduleError) -> ScheduleChange {
        try await step { (book, now) throws(ScheduleError) in try book.set(entry, at: now) }
    }

    /// Removes a dynamic entry.
    public func delete(_ name: String) async throws(ScheduleError) {
        try await step { (book, now) throws(ScheduleError) in try book.delete(name, at: now) }
    }

    /// Lets an entry not fire.
    public func pause(
        _ name: String,
        by who: String,
        reason: String
    ) async throws(ScheduleError) {
        try await step { (book, now) throws(ScheduleError) in
            let pause = ScheduleRecord.Pause(by: who, reason: reason, since: now)
            try book.pause(name, pause)
        }
    }

    /// Lets an entry fire again.
    public func resume(_ name: String) async throws(ScheduleError) {
        try await step { (book, now) throws(ScheduleError) in try book.resume(name, at: now) }
    }

    /// Fires an entry now.
    public func fire(_ name: String) async throws(ScheduleError) -> ScheduleRun {
        try await step { (book, now) throws(ScheduleError) in
            let entry = try book.line(named: name).record(zones).entry
            return try book.fire(try .manual(of: entry, at: now), of: entry, at: now)
        }
    }

    /// The last firings of an entry.
    public func history(
        of name: String,
        limit: Int
    ) async throws(ScheduleError) -> [ScheduleRun] {
        try await step { (book, _) throws(ScheduleError) in
            try book.line(named: name).runs.suffix(limit).reversed()
        }
    }

    /// The processes that have looked lately.
    public func beats() async throws(ScheduleError) -> [BeatSighting] {
        try await step { (book, now) in book.beats(at: now) }
    }

    // MARK: What a beat does

    /// Puts entries in.
    public func install(
        _ installation: Installation
    ) async throws(ScheduleError) -> InstallReceipt {
        try await step { (book, now) in book.install(installation, at: now) }
    }

    /// What is due.
    public func look(_ glance: Glance) async throws(ScheduleError) -> ScheduleSight {
        try await step { (book, now) in book.look(glance, at: now) }
    }

    /// Fires what is claimed.
    public func claim(
        _ claims: [ScheduleClaim]
    ) async throws(ScheduleError) -> [ScheduleClaim.Answer] {
        try await step { (book, now) in claims.map { book.claim($0, at: now) } }
    }

    /// Puts entries off.
    public func postpone(
        _ names: [String],
        by pause: Duration
    ) async throws(ScheduleError) {
        try await step { (book, now) in book.postpone(names, until: now + pause, at: now) }
    }

    /// Notes what became of events.
    public func report(_ reports: [RunReport]) async throws(ScheduleError) {
        try await step { (book, now) in for report in reports { book.report(report, at: now) } }
    }

    /// Forgets old runs.
    public func trimHistory(olderThan age: Duration) async throws(ScheduleError) -> Int {
        try await step { (book, now) in book.trimHistory(before: now + (.zero - age)) }
    }

    /// Events for the broker that nobody is publishing.
    public func takeOutgoing(
        limit: Int,
        for lease: Duration
    ) async throws(ScheduleError) -> [OutgoingEvent] {
        try await step { (book, now) in
            book.takeOutgoing(limit: limit, until: now + lease, at: now)
        }
    }

    /// Lets others take events.
    public func giveBackOutgoing(_ ids: [String]) async throws(ScheduleError) {
        try await step { (book, _) in book.giveBackOutgoing(ids) }
    }

    /// Forgets events that the broker has confirmed.
    public func removeOutgoing(_ ids: [String]) async throws(ScheduleError) {
        try await step { (book, _) in for id in ids { book.outgoing[id] = nil } }
    }
}

extension ScheduleLine {
    fileprivate func record(_ zones: any ZoneSource) throws(ScheduleError) -> ScheduleRecord {
        ScheduleRecord(
            entry: try ScheduleEntry(stored: json, as: name, zones: zones),
            origin: origin,
            pause: pause,
            place: place,
            counts: counts,
            underWay: underWay.map(\.instant),
            waitingCount: waiting.count
        )
    }
}
