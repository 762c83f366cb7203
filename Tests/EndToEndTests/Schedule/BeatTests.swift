import Backends
import Foundation
import Glibc
import Jobs
import TestSupport
import Testing

extension EndToEnd {
    /// The schedule as the program fires it.
    @Suite("The beat")
    struct BeatTests {
        @Test("fires an entry onto a stream, and the worker tells what became of it")
        func stream() async throws {
            try await withDeployment { deployment in
                let worker = try await deployment.startWorker()
                let desk = try ScheduleDesk(deployment.redis)
                try await desk.fireEachSecond("tick")
                try await desk.ended("tick", "done")
                #expect(try deployment.exists("tick"))
                worker.process.signal(SIGTERM)
                #expect(await worker.process.waitForExit() == .status(0))
            }
        }

        @Test("of a process without RabbitMQ stores what is for it, and any other publishes that")
        func broker() async throws {
            try await withBrokerDeployment { deployment in
                let desk = try ScheduleDesk(deployment.redis)
                try await desk.fireEachSecond("tick") { $0.transport = .amqp }
                let firing = try deployment.launchWorker(["AMQP_URL": "", "ROLES": "beat"])
                try await eventually("an event waits") {
                    try deployment.probe.command("ZCARD", "{cw}:schedule:outbox").integer ?? 0 > 0
                }
                await firing.process.kill()
                try await desk.store.pause("tick", by: "test", reason: "enough")
                #expect(try !deployment.exists("tick"))
                _ = try await deployment.startWorker()
                try await desk.ended("tick", "done")
                #expect(try deployment.exists("tick"))
                try await eventually("nothing waits any more") {
                    try deployment.probe.command("EXISTS", "{cw}:schedule:outbox").integer == 0
                }
            }
        }

        @Test("has the cleanups of the service, until the file that is read again forbids them")
        func cleanups() async throws {
            try await withDeployment { deployment in
                let file = FileManager.default.temporaryDirectory
                    .appendingPathComponent("\(UUID()).yaml")
                defer { try? FileManager.default.removeItem(at: file) }
                try "schedule: {cleanups: true}".write(to: file, atomically: true, encoding: .utf8)
                let worker = try deployment.launchWorker(
                    ["SCHEDULE_CLEANUPS": "", "SESSION_DATABASE_URL": "sqlite::memory:"],
                    ["--config", file.path]
                )
                let desk = try ScheduleDesk(deployment.redis)
                try await eventually("they are there") {
                    try await desk.names(.builtin)
                        == [
                            "empty-windows", "expired-sessions", "failed-jobs", "idle-consumers",
                            "journal",
                            "orphaned-tags", "schedule-history",
                        ]
                        .map { "cleanup.\($0)" }
                }
                for name in try await desk.names(.builtin) {
                    _ = try await desk.store.fire(name)
                    try await desk.ended(name, "done")
                }
                try "schedule: {cleanups: false}".write(to: file, atomically: true, encoding: .utf8)
                worker.process.signal(SIGHUP)
                try await eventually("they are gone") {
                    try await desk.names(.builtin).isEmpty
                }
            }
        }

        @Test("is not ready while Redis is away, and fires when it is back")
        func away() async throws {
            let options = RedisServer.Options(configuration: ["appendonly yes"])
            try await withDeployment(options) { deployment in
                let port = try FreePort.next()
                let worker = try deployment.launchWorker([
                    "ROLES": "beat,http", "HTTP_LISTEN": "127.0.0.1:\(port)",
                ])
                try await worker.logged("worker started")
                try await ScheduleDesk(deployment.redis).fireEachSecond("tick")
                let stream = JobStream("warm", deployment.probe)
                try await eventually("it fires") { try stream.length > 0 }
                let fired = try stream.length
                await deployment.redis.kill()
                try await eventually("it is not ready") {
                    try HTTPProbe.get("/readyz", port: port).body.contains("nothing is fired")
                }
                try await deployment.redis.restart()
                let probe = try deployment.redis.probe()
                try await eventually("it fires") { try JobStream("warm", probe).length > fired }
                try await eventually("it is ready") {
                    try HTTPProbe.get("/readyz", port: port).status == 200
                }
                worker.process.signal(SIGTERM)
                #expect(await worker.process.waitForExit() == .status(0))
            }
        }
    }
}
