import Jobs
import Telemetry
import TestSupport

extension ScheduleConformance {
    static let claiming: [Check<ScheduleServer>] = [
        Check("A new entry is due until a beat has found its next instant") { server in
            let entry = try ScheduleEntry.test("a")
            _ = try await server.store.set(entry)
            let sight = try await server.look()
            try require("due", sight.due.map(\.name), is: ["a"])
            try require("since", sight.dueSince, is: nil)
            let claim = try server.claim(entry, in: sight)
            try require("answer", try await server.perform(claim), is: .granted(fired: 0))
            let after = try await server.look()
            try require("due", after.due, is: [])
            try require("next", after.nextDue, is: claim.next)
            try require("events", try await server.enqueuedIDs(), is: [])
        },
        Check("What is due is fired once, under the id of its firing") { server in
            let entry = try ScheduleEntry.test("a")
                .with { $0.catchUp = .all(window: .seconds(86_400), cap: 10) }
            let sight = try await server.install(entry, ago: .seconds(10_800))
            let claim = try server.claim(entry, in: sight)
            let instants = claim.firings.map(\.instant)
            try require("firings", instants.count, is: 3)
            try require("first", try await server.perform(claim), is: .granted(fired: 3))
            try require("second", try await server.perform(claim), is: .taken)
            let events = try await server.enqueued()
            try require("ids", events.map { $0.id ?? "" }, is: entry.ids(instants))
            try require("times", events.map { $0.time ?? "" }, is: instants.map(\.text))
            let record = try await server.store.record(named: "a")
            try require("place", record.place, is: claim.through)
            try require("enqueued", record.counts.enqueued, is: 3)
            try require("caught up", record.counts.caughtUp, is: 3)
            let runs = try await server.store.history(of: "a", limit: 10)
            try require("history", runs.map(\.instant), is: instants.reversed())
            try require("causes", Set(runs.map(\.cause)), is: [.caughtUp])
            try require("states", Set(runs.map(\.word)), is: ["enqueued"])
            try require(runs.allSatisfy { $0.firedAt >= sight.now }, "it tells when it was fired")
        },
        Check("Of many that claim at the same time one is granted") { server in
            let entry = try ScheduleEntry.test("a")
            let sight = try await server.install(entry, ago: .seconds(3_600))
            let claim = try server.claim(entry, in: sight)
            let granted = try await withThrowingTaskGroup(of: Bool.self) { group in
                for _ in 0..<20 {
                    group.addTask { try await server.perform(claim) == .granted(fired: 1) }
                }
                var count = 0
                for try await isGranted in group where isGranted { count += 1 }
                return count
            }
            try require("granted", granted, is: 1)
            try require("events", try await server.enqueuedIDs().count, is: 1)
        },
        Check("Many entries are claimed at once, each for itself") { server in
            let entries = try (0..<30).map { try ScheduleEntry.test("e\($0)") }
            let now = try await server.look().now
            _ = try await server.store.install(
                Installation(
                    node: "a",
                    entries: entries.map { InstalledEntry($0) },
                    seenUntil: now + .seconds(-3_600)
                )
            )
            let sight = try await server.look()
            try require("due", sight.due.count, is: 30)
            let claims = try entries.map { try server.claim($0, in: sight) }
            _ = try await server.perform(claims[7])
            let answers = try await server.store.claim(claims)
            try require(
                "answers",
                answers,
                is: (0..<30).map { $0 == 7 ? .taken : .granted(fired: 1) }
            )
            try require("none", try await server.store.claim([]), is: [])
        },
        Check("What is given up is counted, and only the last instant fired where that is the rule")
        { server in
            let entry = try ScheduleEntry.test("a")
            let sight = try await server.install(entry, ago: .seconds(36_000))
            let claim = try server.claim(entry, in: sight)
            try require("answer", try await server.perform(claim), is: .granted(fired: 1))
            let counts = try await server.store.record(named: "a").counts
            try require("missed", counts.missed, is: 9)
            try require("caught up", counts.caughtUp, is: 1)
        },
        Check("No more is shown than was asked for, the longest waiting first") { server in
            for name in ["a", "b", "c"] {
                let entry = try ScheduleEntry.test(name)
                _ = try await server.install(entry, ago: .seconds(3_600), node: name)
            }
            let sight = try await server.look(limit: 2)
            try require("due", sight.due.count, is: 2)
            try require(sight.nextDue != nil, "there is more")
            try require("all", try await server.look().due.count, is: 3)
        },
        Check("An entry that fires no more is not due, and stays") { server in
            let past = try await server.look().now
            let second = WallTime(milliseconds: past.milliseconds / 1_000 * 1_000)
            let entry = ScheduleEntry(
                name: "a",
                timing: try .at(second + .seconds(-60)),
                event: try ScheduleEntry.test("a").event
            )
            let sight = try await server.install(entry, ago: .seconds(120))
            try require(
                "answer",
                try await server.perform(entry, in: sight),
                is: .granted(fired: 1)
            )
            let after = try await server.look()
            try require("due", after.due, is: [])
            try require("next", after.nextDue, is: nil)
            try require("next", try await server.store.record(named: "a").next, is: nil)
        },
        Check("Firing by hand leaves the timetable alone") { server in
            let entry = try ScheduleEntry.test("a")
            _ = try await server.store.set(entry)
            let place = try await server.store.record(named: "a").place
            try await server.store.pause("a", by: "", reason: "")
            let run = try await server.store.fire("a")
            try require("cause", run.cause, is: .manual)
            try require("state", run.state, is: .enqueued)
            try require("events", try await server.enqueuedIDs(), is: entry.ids([run.instant]))
            try require("place", try await server.store.record(named: "a").place, is: place)
            try require("history", try await server.store.history(of: "a", limit: 5), is: [run])
        },
    ]

    static let refusing: [Check<ScheduleServer>] = [
        Check("A claim holds only while the entry is as it was looked at") { server in
            let entry = try ScheduleEntry.test("a")
            let sight = try await server.install(entry, ago: .seconds(3_600))
            let claim = try server.claim(entry, in: sight)
            _ = try await server.store.install(
                Installation(
                    node: "a",
                    entries: [InstalledEntry(entry.with { $0.overlap = .skip })]
                )
            )
            try require("changed", try await server.perform(claim), is: .taken)
            _ = try await server.store.install(Installation(node: "a", entries: []))
            try require("removed", try await server.perform(claim), is: .taken)
            try require("events", try await server.enqueuedIDs(), is: [])
        },
        Check("Nothing fires before its instant by the clock of the server") { server in
            let entry = try ScheduleEntry.test("a")
            let sight = try await server.install(entry, ago: .seconds(1))
            let due = try server.claim(entry, in: sight).due
            let claim = try entry.claim(due, at: sight.now + .seconds(7_200))
            try require(!claim.firings.isEmpty, "the claim is ahead of its time")
            try require("answer", try await server.perform(claim), is: .taken)
            try require("events", try await server.enqueuedIDs(), is: [])
        },
        Check("An entry that is put off is not due, and what is not due cannot be put off") {
            server in
            let entry = try ScheduleEntry.test("a")
            _ = try await server.install(entry, ago: .seconds(3_600))
            try await server.store.postpone(["a", "nobody"], by: .seconds(600))
            let sight = try await server.look()
            try require("due", sight.due, is: [])
            let next = sight.nextDue
            try require(next != nil, "it comes again")
            try await server.store.postpone(["a"], by: .seconds(9_000))
            try require("next", try await server.look().nextDue, is: next)
        },
    ]
}
