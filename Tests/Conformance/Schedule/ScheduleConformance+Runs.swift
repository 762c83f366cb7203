import Jobs
import Telemetry
import TestSupport

extension ScheduleConformance {
    /// An entry with three instants that are due, and all of them claimed.
    private static func threeFirings(
        _ server: ScheduleServer,
        _ overlap: ScheduleEntry.Overlap,
        runLimit: Duration = .seconds(3_600)
    ) async throws -> (entry: ScheduleEntry, instants: [WallTime]) {
        let entry = try ScheduleEntry.test("a")
            .with {
                $0.catchUp = .all(window: .seconds(86_400), cap: 10)
                $0.overlap = overlap
                $0.runLimit = runLimit
            }
        let sight = try await server.install(entry, ago: .seconds(10_800))
        let claim = try server.claim(entry, in: sight)
        try require("firings", claim.firings.count, is: 3)
        _ = try await server.perform(claim)
        return (entry, claim.firings.map(\.instant))
    }

    private static func words(_ server: ScheduleServer) async throws -> [String] {
        try await server.store.history(of: "a", limit: 10).reversed().map(\.word)
    }

    private static func checkOverlap(
        _ server: ScheduleServer,
        _ overlap: ScheduleEntry.Overlap
    ) async throws {
        let (entry, instants) = try await threeFirings(server, overlap)
        try require("ids", try await server.enqueuedIDs(), is: entry.ids(instants))
        let record = try await server.store.record(named: "a")
        try require("under way", record.underWay, is: [])
    }

    static let overlapping: [Check<ScheduleServer>] = [
        Check("Runs overlap where they may") { server in
            try await checkOverlap(server, .allow)
        },
        Check("Runs that replace each other are all enqueued: who comes too late has expired") {
            server in
            try await checkOverlap(server, .replace)
            let expiries = try await server.enqueued().map(\.expiresAt)
            let instants = try await server.store.history(of: "a", limit: 3).map(\.instant)
            let next: [WallTime?] = instants.reversed().dropFirst().map { $0 }
            try require("expiries", Array(expiries.dropLast()), is: next)
            try require(expiries.allSatisfy { $0 != nil }, "all expire")
        },
        Check("Runs of long ago are forgotten, but for the last one") { server in
            let instants = try await threeFirings(server, .allow).instants
            let store = server.store
            let day = Duration.seconds(86_400)
            try require("none", try await store.trimHistory(olderThan: day), is: 0)
            try require("old", try await store.trimHistory(olderThan: .zero), is: 2)
            let rest = try await store.history(of: "a", limit: 10).map(\.instant)
            try require("rest", rest, is: [instants[2]])
            try require("again", try await store.trimHistory(olderThan: .zero), is: 0)
        },
        Check("A firing is left out while a run is under way, and not afterwards") { server in
            let (entry, instants) = try await threeFirings(server, .skip)
            try require("ids", try await server.enqueuedIDs(), is: entry.ids([instants[0]]))
            try require("words", try await words(server), is: ["enqueued", "skipped", "skipped"])
            var record = try await server.store.record(named: "a")
            try require("under way", record.underWay, is: [instants[0]])
            try require("skipped", record.counts.skipped, is: 2)
            try require("by hand", try await server.store.fire("a").state, is: .skipped)
            try await server.report("a", instants[0], .done)
            record = try await server.store.record(named: "a")
            try require("under way", record.underWay, is: [])
            try require("by hand", try await server.store.fire("a").state, is: .enqueued)
        },
        Check("Firings wait for the end of a run, one after the other, in their order") { server in
            let (entry, instants) = try await threeFirings(server, .queue)
            try require("words", try await words(server), is: ["enqueued", "waiting", "waiting"])
            for count in 1...3 {
                try require(
                    "ids",
                    try await server.enqueuedIDs(),
                    is: entry.ids(Array(instants.prefix(count)))
                )
                let record = try await server.store.record(named: "a")
                try require("waiting", record.waitingCount, is: 3 - count)
                try require("under way", record.underWay, is: [instants[count - 1]])
                let retry = Outcome.retry(
                    after: .seconds(1),
                    DeadLetterCause(reason: "", error: "")
                )
                try await server.report("a", instants[count - 1], retry)
                try require("waiting", record.waitingCount, is: 3 - count)
                try await server.report("a", instants[count - 1], .done)
            }
            let record = try await server.store.record(named: "a")
            try require("under way", record.underWay, is: [])
            try require("enqueued", record.counts.enqueued, is: 3)
        },
        Check("A paused entry lets go of nothing that waits, until it is resumed") { server in
            let (entry, instants) = try await threeFirings(server, .queue)
            try await server.store.pause("a", by: "", reason: "")
            try await server.report("a", instants[0], .done)
            try require("ids", try await server.enqueuedIDs().count, is: 1)
            try await server.store.resume("a")
            _ = try await server.perform(entry, in: try await server.look())
            try require("ids", try await server.enqueuedIDs().count, is: 2)
        },
        Check("A run that never reports holds nobody up beyond its limit") { server in
            let (entry, instants) = try await threeFirings(
                server,
                .queue,
                runLimit: .milliseconds(20)
            )
            try await eventually("all have been fired") {
                let sight = try await server.look()
                if !sight.due.isEmpty { _ = try await server.perform(entry, in: sight) }
                return try await server.enqueuedIDs() == entry.ids(instants)
            }
        },
        Check("Not more than a hundred firings wait") { server in
            let entry = try ScheduleEntry.test("a", every: 60)
                .with {
                    $0.catchUp = .all(window: .seconds(86_400), cap: 150)
                    $0.overlap = .queue
                }
            let sight = try await server.install(entry, ago: .seconds(60 * 150))
            let claim = try server.claim(entry, in: sight)
            let surplus = claim.firings.count - 1 - ScheduleClaim.maxWaiting
            try require(surplus > 0, "there are more")
            try require("answer", try await server.perform(claim), is: .granted(fired: 101))
            let record = try await server.store.record(named: "a")
            try require("waiting", record.waitingCount, is: ScheduleClaim.maxWaiting)
            try require("skipped", record.counts.skipped, is: surplus)
        },
    ]

    static let reporting: [Check<ScheduleServer>] = [
        Check("The history tells what became of the events") { server in
            let (_, instants) = try await threeFirings(server, .allow)
            let cause = DeadLetterCause(reason: "schema", error: "")
            try await server.report("a", instants[0], .retry(after: .seconds(1), cause))
            try await server.report("a", instants[1], .expired)
            try await server.report("a", instants[2], .deadLetter(cause))
            try require("words", try await words(server), is: ["retry", "expired", "dead"])
            try await server.report("a", instants[0], .done)
            try await server.report("a", instants[0], .duplicate)
            try await server.report("a", instants[0], .retry(after: .seconds(1), cause))
            try await server.report("a", instants[2], .retry(after: .seconds(1), cause))
            try await server.report("a", instants[2], .done)
            try require("words", try await words(server), is: ["done", "expired", "done"])
        },
        Check("A report of what is not there changes nothing") { server in
            let (_, instants) = try await threeFirings(server, .queue)
            try await server.report("nobody", instants[0], .done)
            try await server.report("a", instants[0] + .milliseconds(1), .done)
            try await server.store.report([])
            try require("words", try await words(server), is: ["enqueued", "waiting", "waiting"])
        },
        Check("The history keeps the last fifty, the last one first") { server in
            let entry = try ScheduleEntry.test("a", every: 60)
                .with {
                    $0.catchUp = .all(window: .seconds(86_400), cap: 60)
                }
            let sight = try await server.install(entry, ago: .seconds(3_600))
            let claim = try server.claim(entry, in: sight)
            _ = try await server.perform(claim)
            let runs = try await server.store.history(of: "a", limit: 100)
            let last = claim.firings.map(\.instant).suffix(ScheduleRun.maxCount)
            try require("instants", runs.map(\.instant), is: last.reversed())
            let two = try await server.store.history(of: "a", limit: 2)
            try require("two", two, is: Array(runs.prefix(2)))
            try require("none", try await server.store.history(of: "a", limit: 0), is: [])
        },
    ]
}
