import Backends
import Foundation
import Glibc
import Jobs
import TestSupport
import Testing

extension EndToEnd {
    /// What a beat costs that has nothing to do.
    ///
    /// Figures are printed; only counts are expected. `BEAT_IDLE=1` asks for it: it takes a minute.
    @Suite(
        "A beat with ten thousand entries",
        .enabled(if: ProcessInfo.processInfo.environment["BEAT_IDLE"] != nil)
    )
    struct BeatCostTests {
        private static let entryCount = 10_000
        private static let idleSeconds = 30.0

        @Test("tells what it costs to wait, and how soon it fires when it starts")
        func idle() async throws {
            try await withDeployment { deployment in
                let desk = try ScheduleDesk(deployment.redis)
                let entries = try (0..<Self.entryCount).map { try Self.daily("entry-\($0)") }
                let clock = ContinuousClock()
                let installation = Installation(
                    node: "file",
                    entries: entries.map { InstalledEntry($0) }
                )
                for round in ["first", "again"] {
                    let time = try await clock.measure {
                        _ = try await desk.store.install(installation)
                    }
                    print("\(Self.entryCount) entries of a file put in, \(round): \(time)")
                }
                // Due before the process starts, so that it fires at once.
                try await desk.fireEachSecond("due")
                let stream = JobStream("warm", deployment.probe)
                let beginning = try await desk.store.record(named: "due").place
                try await eventually("the entry is due") {
                    let now = try await desk.store.look(Glance(node: "test", limit: 0)).now
                    return beginning.duration(to: now) >= .seconds(1)
                }
                let start = clock.now
                let pod = try deployment.launchWorker(["ROLES": "beat"])
                try await eventually("it fires") { try stream.length > 0 }
                print("from the start of the process to its first firing: \(clock.now - start)")
                try await desk.store.delete("due")
                try await eventually("the next time of each entry is known") {
                    try await desk.store.look(Glance(node: "test", limit: 1)).due.isEmpty
                }
                try await measure(pod, desk)
                #expect(
                    try deployment.probe.command("ZCARD", "{cw}:schedule:names").integer
                        == Self.entryCount
                )
            }
        }

        private func measure(_ pod: WorkerProcess, _ desk: ScheduleDesk) async throws {
            let clock = ContinuousClock()
            let (start, before) = (clock.now, try processorTime(pod))
            try await eventually("a while has passed", within: .seconds(120)) {
                start.duration(to: clock.now) / .seconds(1) >= Self.idleSeconds
            }
            let wall = start.duration(to: clock.now) / .seconds(1)
            let busy = try processorTime(pod) - before
            print("idle: \(busy) s of a core in \(wall) s, \(busy / wall * 100) %")
            let now = try await desk.store.look(Glance(node: "test", limit: 0)).now
            let beat = try await desk.store.beats().first { $0.node != "test" }
            #expect(beat.map { $0.seenAt.duration(to: now) < .seconds(10) } == true)
        }

        /// Seconds in user and kernel mode.
        private func processorTime(_ pod: WorkerProcess) throws -> Double {
            let path = "/proc/\(pod.process.processIdentifier)/stat"
            let text = try String(contentsOfFile: path, encoding: .utf8)
            let fields = try #require(text.split(separator: ")").last).split(separator: " ")
            let ticks = [11, 12].compactMap { Double(fields[$0]) }.reduce(0, +)
            return ticks / Double(sysconf(Int32(_SC_CLK_TCK)))
        }

        private static func daily(_ name: String) throws -> ScheduleEntry {
            let event = #"{"type":"cache.cleanup","data":{"task":"journal"}}"#
            return ScheduleEntry(
                name: name,
                timing: try .cron("H H * * *", for: name),
                event: try EventTemplate(Array(event.utf8))
            )
        }
    }
}
