import Backends
import Glibc
import Jobs
import TestSupport
import Testing

extension EndToEnd {
    /// Entries that a configuration file brings along.
    @Suite struct FileEntryTests {
        private func entry(_ name: String, _ members: String = "cron: 0 0 1 1 *") -> String {
            "  - {name: \(name), \(members), event: {type: task.none, data: {}}}\n"
        }

        private func file(_ entries: String...) -> String {
            "schedule:\n  cleanups: true\n  entries:\n" + entries.joined()
        }

        /// Runs a worker with that file, which can be written anew and read again.
        private func withWorker(
            _ text: String,
            before: (ScheduleDesk) async throws -> Void = { _ in },
            _ body: (WorkerProcess, ScheduleDesk, (String) throws -> Void) async throws -> Void
        ) async throws {
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            try folder.write(text, to: "worker.yaml")
            try await withDeployment { deployment in
                let desk = try ScheduleDesk(deployment.redis)
                try await before(desk)
                let worker = try deployment.launchWorker(
                    ["SCHEDULE_CLEANUPS": ""],
                    ["--config", folder.file("worker.yaml")]
                )
                try await body(worker, desk) { text in
                    try folder.write(text, to: "worker.yaml")
                    worker.process.signal(SIGHUP)
                }
            }
        }

        @Test func `come and go with the file, and those made at run time stay`() async throws {
            try await withWorker(file(entry("a"), entry("b"))) { worker, desk, reload in
                try await eventually("they are there") {
                    try await desk.names(.file) == ["a", "b"]
                }
                try await desk.fireEachSecond("dynamic") { $0.isEnabled = false }
                try reload(file(entry("b", "every: 31536000"), entry("c")))
                try await eventually("the file is the new one") {
                    try await desk.names(.file) == ["b", "c"]
                }
                let timing = try await desk.store.record(named: "b").entry.timing
                #expect(timing == (try .every(seconds: 31_536_000)))
                #expect(try await desk.names(.dynamic) == ["dynamic"])
                for name in ["a", "b", "c"] {
                    try await worker.told("schedule.entries.\(name)")
                }
            }
        }

        @Test func `stay as they were while the file is wrong, which the log tells`() async throws {
            try await withWorker(file(entry("a"))) { worker, desk, reload in
                try await eventually("it is there") { try await desk.names(.file) == ["a"] }
                try reload(file(entry("a", "cron: 0 25 * * *"), entry("b")))
                try await worker.told("configuration not reloaded, the old one stays")
                try await worker.told("worker.yaml:4: schedule.entries.a.cron, hour (column 3)")
                try reload(file(entry("a"), entry("d")))
                try await eventually("the mended file counts") {
                    try await desk.names(.file) == ["a", "d"]
                }
            }
        }

        @Test func `go before entries of the program and those made at run time`() async throws {
            let text = file(entry("mine"), entry("cleanup.journal"))
            try await withWorker(
                text,
                before: { desk in
                    try await desk.fireEachSecond("mine") { $0.isEnabled = false }
                },
                { worker, desk, _ in
                    try await eventually("they are the file's") {
                        try await desk.names(.file) == ["cleanup.journal", "mine"]
                    }
                    #expect(try await desk.names(.dynamic).isEmpty)
                    #expect(try await !desk.names(.builtin).contains("cleanup.journal"))
                    try await worker.told("has replaced one made at run time")
                }
            )
        }
    }
}

extension WorkerProcess {
    /// Waits until the text stands anywhere in the log.
    fileprivate func told(_ text: String) async throws {
        try await eventually("the log tells \(text)") { process.errors.contains(text) }
    }
}
