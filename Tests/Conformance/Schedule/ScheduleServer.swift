public import Codecs
public import Jobs
import Telemetry

/// A schedule under test, empty at the beginning, and what comes out of it.
public struct ScheduleServer: Sendable {
    /// The schedule.
    public let store: any BeatStore
    /// The events that were enqueued for the workers so far, in their order.
    public let enqueued: @Sendable () async throws -> [Event]

    /// A schedule from its parts.
    public init(
        store: any BeatStore,
        enqueued: @escaping @Sendable () async throws -> [Event]
    ) {
        self.store = store
        self.enqueued = enqueued
    }

    // MARK: Steps of the checks

    /// What is due, for the process `node`.
    func look(_ node: String = "a", limit: Int = 100) async throws -> ScheduleSight {
        try await store.look(Glance(node: node, limit: limit))
    }

    /// Puts entries in that begin so long ago, and gives them as due.
    func install(
        _ entries: ScheduleEntry...,
        ago: Duration,
        node: String = "a"
    ) async throws -> ScheduleSight {
        let now = try await look(node).now
        _ = try await store.install(
            Installation(
                node: node,
                entries: entries.map { InstalledEntry($0) },
                seenUntil: now + (.zero - ago)
            )
        )
        return try await look(node)
    }

    /// A claim of an entry that is due.
    func claim(_ entry: ScheduleEntry, in sight: ScheduleSight) throws -> ScheduleClaim {
        guard let due = sight.due.first(where: { $0.name == entry.name }) else {
            throw BrokenPromise(description: "\(entry.name) is not due")
        }
        return try entry.claim(due, at: sight.now)
    }

    /// Claims one entry.
    func perform(
        _ entry: ScheduleEntry,
        in sight: ScheduleSight
    ) async throws -> ScheduleClaim.Answer {
        try await perform(try claim(entry, in: sight))
    }

    func perform(_ claim: ScheduleClaim) async throws -> ScheduleClaim.Answer {
        let answers = try await store.claim([claim])
        try require("answers", answers.count, is: 1)
        return answers[0]
    }

    /// A worker has settled the event of a run.
    func report(_ entry: String, _ instant: WallTime, _ outcome: Outcome) async throws {
        let firing = FiringIdentity(entry: entry, instant: instant)
        guard let report = RunReport(eventID: firing.eventID, outcome) else {
            throw BrokenPromise(description: "\(outcome) says nothing about a run")
        }
        try await store.report([report])
    }

    /// The ids of all events that were enqueued.
    func enqueuedIDs() async throws -> [String] { try await enqueued().compactMap(\.id) }
}

/// Only the zone that needs no database.
public struct NoZones: ZoneSource {
    /// No zone.
    public init() {}

    /// There is none.
    public func zone(named name: String) throws(ZoneError) -> ZoneRules {
        throw ZoneError(name, "there is no time zone here")
    }
}

extension ScheduleEntry {
    /// An entry that fires each hour, unless told otherwise.
    static func test(
        _ name: String,
        every seconds: Int = 3_600,
        key: String = "app:a"
    ) throws -> ScheduleEntry {
        ScheduleEntry(
            name: name,
            timing: try .every(seconds: seconds),
            event: try EventTemplate(Event(job: .invalidate(Invalidation(keys: [key]))))
        )
    }

    /// The same with other rules.
    func with(_ change: (inout ScheduleEntry) -> Void) -> ScheduleEntry {
        var entry = self
        change(&entry)
        return entry
    }

    /// The ids of the firings at these instants.
    func ids(_ instants: [WallTime]) -> [String] {
        instants.map { FiringIdentity(entry: name, instant: $0).eventID }
    }
}
