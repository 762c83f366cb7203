import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// The service with no server at all, and beside one, fed from standard input.
    @Suite("Standard input")
    struct EmbeddedTests {
        @Test("is worked through without any server, and bad lines are told")
        func embedded() async throws {
            let run = try await Command.run(
                try Executable.built("cacheworker"),
                ["run", "--stdin"],
                input: """
                    {"type":"cache.warm","data":{"entries":[{"key":"a","value":1}]}}
                    no event

                    {"type":"cache.invalidate","data":{"keys":["a"]}}\r
                    {"type":"cache.explode","data":{}}
                    {"type":"cache.cleanup","data":{"task":"orphaned-tags"}}
                    {"type":"cache.invalidate","data":{"namespaces":["a"]}}
                    """
            )
            #expect(run.exit == .status(0))
            #expect(run.output.isEmpty)
            let log = LogLine.lines(of: run.errors)
            let reasons = log.filter { $0.message == "job is dead" }.map { $0.fields["reason"] }
            #expect(reasons == ["not-json", "unknown-type"])
            #expect(Self.sum("done", log) == 4)
            #expect(Self.sum("dead", log) == 2)
        }

        @Test("takes more events than the queue in the process holds")
        func manyLines() async throws {
            let line = #"{"type":"cache.invalidate","data":{"keys":["a"]}}"# + "\n"
            let run = try await Command.run(
                try Executable.built("cacheworker"),
                ["run", "--stdin"],
                input: String(repeating: line, count: 30_000)
            )
            #expect(run.exit == .status(0))
            #expect(Self.sum("done", LogLine.lines(of: run.errors)) == 30_000)
        }

        private static func sum(_ field: String, _ log: [LogLine]) -> Int {
            log.filter { $0.message == "jobs settled" }
                .reduce(0) { $0 + ($1.fields[field].flatMap { Int($0) } ?? 0) }
        }

        @Test("ends with 0 at SIGTERM while the input is open")
        func terminated() async throws {
            let worker = try WorkerProcess(settings: [:], ["--stdin"], keepsInputOpen: true)
            try worker.process.write(#"{"type":"cache.invalidate","data":{"keys":["a"]}}"# + "\n")
            try await worker.logged("jobs settled")
            worker.process.signal(SIGTERM)
            try await eventually("it has ended", within: .seconds(10)) { !worker.process.isRunning }
            #expect(await worker.process.waitForExit() == .status(0))
        }

        @Test("feeds a worker that has Redis too")
        func besideRedis() async throws {
            try await withDeployment { deployment in
                let worker = try deployment.launchWorker([:], ["--stdin"], keepsInputOpen: true)
                try deployment.probe.command("SET", "app:1", "x")
                try worker.process.write(
                    #"{"type":"cache.invalidate","data":{"keys":["app:1"]}}"# + "\n"
                )
                try await deployment.gone("app:1")
                worker.process.closeInput()
                try deployment.probe.command("SET", "app:2", "x")
                try JobStream("invalidate", deployment.probe)
                    .add(#"{"type":"cache.invalidate","data":{"keys":["app:2"]}}"#)
                try await deployment.gone("app:2")
                #expect(worker.process.isRunning)
            }
        }

        @Test("is asked for when nothing else is configured")
        func nothingToDo() async throws {
            let run = try await Command.run(try Executable.built("cacheworker"), ["run"])
            #expect(run.exit == .status(78))
            #expect(run.output.isEmpty)
            #expect(run.errors.contains("set REDIS_URL or AMQP_URL, or give --stdin"))
        }
    }
}
