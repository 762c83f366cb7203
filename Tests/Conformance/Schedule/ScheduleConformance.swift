import Jobs
import Telemetry
import TestSupport

/// What every schedule promises, in memory or on a real server.
///
/// Entries begin in the past, so that instants are due without anybody waiting for them.
public enum ScheduleConformance: Sendable {
    /// All promises; each wants a schedule of its own.
    public static let checks: [Check<ScheduleServer>] =
        defining + pausing + claiming + refusing + overlapping + reporting + installing
        + publishing

    private static let defining: [Check<ScheduleServer>] = [
        Check("An entry is read back as it was set, and setting it again changes nothing") {
            server in
            let entry = try ScheduleEntry.test("a", key: "caf\u{E9}\n\u{1F980}")
                .with { $0.jitter = .milliseconds(1_500) }
            try require("first", try await server.store.set(entry), is: .created)
            try require("second", try await server.store.set(entry), is: .unchanged)
            let record = try await server.store.record(named: "a")
            try require("entry", record.entry, is: entry)
            try require("origin", record.origin, is: .dynamic)
            try require("counts", record.counts, is: ScheduleRecord.Counts())
            let other = entry.with { $0.overlap = .skip }
            try require("third", try await server.store.set(other), is: .changed)
            try require("entry", try await server.store.record(named: "a").entry, is: other)
        },
        Check("What is not there is not found, whatever is to be done with it") { server in
            let store = server.store
            for name in ["a", "b"] {
                try await refuses(.notFound) { try await _ = store.record(named: name) }
                try await refuses(.notFound) { try await store.delete(name) }
                try await refuses(.notFound) { try await store.pause(name, by: "", reason: "") }
                try await refuses(.notFound) { try await store.resume(name) }
                try await refuses(.notFound) { try await _ = store.fire(name) }
                try await refuses(.notFound) { try await _ = store.history(of: name, limit: 1) }
                _ = try await store.set(.test("b"))
                try await store.delete("b")
            }
        },
        Check("Entries are listed by name, page by page") { server in
            for name in ["b", "B", "a-1", "a", "a.1", "a_1", "1"] {
                _ = try await server.store.set(.test(name))
            }
            let sorted = ["1", "B", "a", "a-1", "a.1", "a_1", "b"]
            var (names, last): ([String], String?) = ([], nil)
            while true {
                let page = try await server.store.records(after: last, limit: 3)
                names += page.map(\.entry.name)
                guard page.count == 3 else { break }
                last = names.last
            }
            try require("names", names, is: sorted)
        },
        Check("An entry of a file is not for anybody to set or delete") { server in
            let entry = try ScheduleEntry.test("a")
            _ = try await server.install(entry, ago: .zero)
            try await refuses(.notDynamic) { try await _ = server.store.set(entry) }
            try await refuses(.notDynamic) { try await server.store.delete("a") }
            try require("origin", try await server.store.record(named: "a").origin, is: .file)
        },
        Check("An entry keeps its place when its event changes, and begins anew with its times") {
            server in
            let entry = try ScheduleEntry.test("a")
            let sight = try await server.install(entry, ago: .seconds(7_200))
            let place = sight.due[0].place
            let other = try ScheduleEntry.test("a", key: "app:b")
            _ = try await server.store.install(
                Installation(node: "a", entries: [InstalledEntry(other)])
            )
            try require("place", try await server.store.record(named: "a").place, is: place)
            let faster = try ScheduleEntry.test("a", every: 60)
            _ = try await server.store.install(
                Installation(node: "a", entries: [InstalledEntry(faster)])
            )
            let record = try await server.store.record(named: "a")
            try require(record.place >= sight.now, "the new times begin now")
        },
        Check("The place of a removed entry is remembered: it does not fire what it has fired") {
            server in
            let entry = try ScheduleEntry.test("a")
            _ = try await server.store.set(entry)
            let place = try await server.store.record(named: "a").place
            try await server.store.delete("a")
            try require("due", try await server.look().due, is: [])
            let now = try await server.look().now
            _ = try await server.store.install(
                Installation(
                    node: "a",
                    entries: [InstalledEntry(entry)],
                    seenUntil: now + .seconds(-7_200)
                )
            )
            try require("place", try await server.store.record(named: "a").place, is: place)
        },
    ]

    private static let pausing: [Check<ScheduleServer>] = [
        Check("A paused entry is not due, and goes on from when it is resumed") { server in
            let entry = try ScheduleEntry.test("a")
            let before = try await server.install(entry, ago: .seconds(7_200))
            try await server.store.pause("a", by: "ada", reason: "too loud")
            try await server.store.pause("a", by: "bob", reason: "")
            let record = try await server.store.record(named: "a")
            try require("who", record.pause?.by, is: "ada")
            try require("why", record.pause?.reason, is: "too loud")
            try require(
                record.pause.map { $0.since >= before.now } ?? false,
                "it tells since when"
            )
            try require("next", record.next, is: nil)
            try require("due", try await server.look().due, is: [])
            try require("claim", try await server.perform(entry, in: before), is: .taken)
            for _ in 0..<2 { try await server.store.resume("a") }
            let sight = try await server.look()
            try require("due", sight.due.map(\.name), is: ["a"])
            try require(sight.due[0].place >= before.now, "what was not fired is not caught up")
            try require("pause", try await server.store.record(named: "a").pause, is: nil)
        },
        Check("A pause outlives definitions and files") { server in
            let entry = try ScheduleEntry.test("a")
            _ = try await server.install(entry, ago: .seconds(7_200))
            try await server.store.pause("a", by: "ada", reason: "")
            _ = try await server.install(try .test("a", every: 60), ago: .seconds(7_200))
            try require("due", try await server.look().due, is: [])
            try require("who", try await server.store.record(named: "a").pause?.by, is: "ada")
        },
        Check("An entry that is not enabled is not due, until it is") { server in
            let entry = try ScheduleEntry.test("a")
            _ = try await server.store.set(entry.with { $0.isEnabled = false })
            try require("due", try await server.look().due, is: [])
            _ = try await server.store.set(entry)
            try require("due", try await server.look().due.map(\.name), is: ["a"])
        },
    ]

    /// Goes on if `body` fails with that code.
    static func refuses(
        _ code: ScheduleError.Code,
        _ body: () async throws -> Void
    ) async throws {
        do {
            try await body()
        } catch let error as ScheduleError {
            return try require("code of \"\(error)\"", error.code, is: code)
        }
        throw BrokenPromise(description: "nothing was refused, expected \(code)")
    }
}
