import Backends
import Codecs
import EventLoop
import Jobs
import RedisClient
import TestSupport

/// The schedule of a deployment, as somebody beside the processes sees and changes it.
struct ScheduleDesk {
    let store: RedisSchedule

    init(_ redis: RedisServer) throws {
        let connection = RedisConnection(
            try RedisConfiguration(url: redis.url),
            on: try EventLoop(name: "desk")
        )
        store = RedisSchedule(connection: connection, keys: ControlKeys(), zones: UTCAlone())
    }

    /// Makes an entry that fires each second and writes the key that is called like it.
    func fireEachSecond(
        _ name: String,
        _ change: (inout ScheduleEntry) -> Void = { _ in }
    ) async throws {
        let event = #"{"type":"cache.warm","data":{"entries":[{"key":"{{name}}","value":1}]}}"#
        var entry = ScheduleEntry(
            name: name,
            timing: try .every(seconds: 1),
            event: try EventTemplate(Array(event.utf8))
        )
        change(&entry)
        _ = try await store.set(entry)
    }

    /// Waits until a firing of the entry is known to have ended so.
    func ended(_ name: String, _ outcome: String) async throws {
        try await eventually("a run of \(name) is told as \(outcome)") {
            try await store.history(of: name, limit: ScheduleRun.maxCount)
                .contains { $0.word == outcome }
        }
    }

    /// The names of all entries that come from there.
    func names(_ origin: ScheduleRecord.Origin) async throws -> [String] {
        try await store.records(after: nil, limit: 100).filter { $0.origin == origin }
            .map(\.entry.name)
    }

    private struct UTCAlone: ZoneSource {
        func zone(named name: String) throws(ZoneError) -> ZoneRules {
            throw ZoneError(name, "no entry of these tests has a zone")
        }
    }
}
