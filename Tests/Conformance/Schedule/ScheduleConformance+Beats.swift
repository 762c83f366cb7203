import Jobs
import Telemetry
import TestSupport

extension ScheduleConformance {
    private static func installation(
        _ node: String,
        _ number: Int? = nil,
        _ entries: ScheduleEntry...
    ) -> Installation {
        Installation(node: node, number: number, entries: entries.map { InstalledEntry($0) })
    }

    static let installing: [Check<ScheduleServer>] = [
        Check("A look tells whether the entries of the process are in, and which life it is") {
            server in
            let empty = try await server.look()
            try require("installed", empty.isInstalled, is: false)
            try require("version", empty.version, is: nil)
            let receipt = try await server.store.install(installation("a"))
            let sight = try await server.look()
            try require("installed", sight.isInstalled, is: true)
            try require("version", sight.version, is: receipt.version)
            try require("other", try await server.look("b").isInstalled, is: false)
            let entry = try ScheduleEntry.test("a")
            _ = try await server.store.set(entry)
            let changed = try await server.look().version
            try require("life", changed?.life, is: receipt.version.life)
            try require((changed?.number ?? 0) > receipt.version.number, "a change raises it")
            _ = try await server.store.set(entry)
            try require("no change", try await server.look().version, is: changed)
        },
        Check("Of two files the one that was read last counts, also when the other comes again") {
            server in
            let old = try ScheduleEntry.test("a", key: "old")
            let new = try ScheduleEntry.test("a", key: "new")
            let first = try await server.store.install(installation("a", nil, old)).number
            let second = try await server.store.install(installation("b", nil, new)).number
            try require("entry", try await server.store.record(named: "a").entry, is: new)
            try require(second > first, "files are numbered in the order they are read")
            _ = try await server.store.install(installation("a", first, old))
            try require("entry", try await server.store.record(named: "a").entry, is: new)
        },
        Check("An entry stays as long as the file of one process has it, and goes then") { server in
            let entry = try ScheduleEntry.test("a")
            _ = try await server.store.install(installation("a", nil, entry))
            _ = try await server.store.install(installation("b", nil, entry))
            var removed = try await server.store.install(installation("a")).removed
            try require("removed", removed, is: [])
            removed = try await server.store.install(installation("b")).removed
            try require("removed", removed, is: ["a"])
            try await refuses(.notFound) { try await _ = server.store.record(named: "a") }
        },
        Check("A file takes a dynamic entry over, and dynamic entries are nobody else's") {
            server in
            _ = try await server.store.set(.test("a", key: "mine"))
            _ = try await server.store.set(.test("b"))
            let entry = try ScheduleEntry.test("a", key: "theirs")
            let receipt = try await server.store.install(installation("a", nil, entry))
            try require("taken over", receipt.takenOver, is: ["a"])
            let record = try await server.store.record(named: "a")
            try require("entry", record.entry, is: entry)
            try require("origin", record.origin, is: .file)
            let removed = try await server.store.install(installation("a")).removed
            try require("removed", removed, is: ["a"])
            try require("other", try await server.store.record(named: "b").origin, is: .dynamic)
        },
        Check("Entries of the program are told from those of the file") { server in
            let entry = InstalledEntry(try .test("a"), isBuiltin: true)
            _ = try await server.store.install(Installation(node: "a", entries: [entry]))
            try require("origin", try await server.store.record(named: "a").origin, is: .builtin)
        },
        Check("Processes that look are listed, with their clocks") { server in
            _ = try await server.look("b")
            let sight = try await server.store.look(
                Glance(node: "a", skew: .milliseconds(-1_500), limit: 1)
            )
            let beats = try await server.store.beats()
            try require("nodes", beats.map(\.node), is: ["a", "b"])
            try require("skew", beats[0].skew, is: .milliseconds(-1_500))
            try require("seen", beats[0].seenAt, is: sight.now)
        },
    ]

    static let publishing: [Check<ScheduleServer>] = [
        Check("Events for the broker wait until it has them, and are one process's at a time") {
            server in
            let entry = try ScheduleEntry.test("a").with { $0.transport = .amqp }
            let sight = try await server.install(entry, ago: .seconds(3_600))
            let claim = try server.claim(entry, in: sight)
            _ = try await server.perform(claim)
            try require("enqueued", try await server.enqueuedIDs(), is: [])
            try require("outgoing", try await server.look().outgoingCount, is: 1)
            let taken = try await server.store.takeOutgoing(limit: 10, for: .milliseconds(1))
            try require("events", taken.map(\.event), is: [claim.firings[0].event.encoded()])
            try await eventually("the lease has run out") {
                try await server.store.takeOutgoing(limit: 10, for: .seconds(600)) == taken
            }
            let others = try await server.store.takeOutgoing(limit: 10, for: .seconds(600))
            try require("others", others, is: [])
            try await server.store.giveBackOutgoing(taken.map(\.id) + ["gone"])
            let again = try await server.store.takeOutgoing(limit: 10, for: .seconds(600))
            try require("given back", again, is: taken)
            try await server.store.giveBackOutgoing([])
            for _ in 0..<2 { try await server.store.removeOutgoing(taken.map(\.id)) }
            try await server.store.removeOutgoing([])
            try require("outgoing", try await server.look().outgoingCount, is: 0)
        },
        Check("An entry waits in its place while too much waits for the broker") { server in
            let entry = try ScheduleEntry.test("full", every: 1)
                .with {
                    $0.transport = .amqp
                    $0.catchUp = .all(window: .seconds(86_400), cap: ScheduleEntry.CatchUp.maxCap)
                }
            let late = try ScheduleEntry.test("late").with { $0.transport = .amqp }
            let count = ScheduleClaim.maxOutgoing / ScheduleEntry.CatchUp.maxCap
            for number in 0..<count {
                let one = entry.with { $0.name = "full\(number)" }
                let sight = try await server.install(one, ago: .seconds(1_000), node: one.name)
                _ = try await server.perform(one, in: sight)
            }
            let sight = try await server.install(late, ago: .seconds(3_600))
            try require("outgoing", sight.outgoingCount, is: ScheduleClaim.maxOutgoing)
            try require("answer", try await server.perform(late, in: sight), is: .full)
            try await refuses(.unavailable) { try await _ = server.store.fire("late") }
            let taken = try await server.store.takeOutgoing(limit: 1, for: .seconds(60))
            try await server.store.removeOutgoing(taken.map(\.id))
            try require(
                "answer",
                try await server.perform(late, in: sight),
                is: .granted(fired: 1)
            )
        },
    ]
}
