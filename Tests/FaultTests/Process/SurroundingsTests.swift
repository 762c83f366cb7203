import Glibc
import TestSupport
import Testing

extension Faults {
    /// What the machine around a worker does to it.
    @Suite("A worker on a machine")
    struct SurroundingsTests {
        @Test("without free file descriptors waits for some, and does not spin")
        func fileLimit() async throws {
            try await withBrokerDeployment { deployment in
                let worker = try await deployment.startWorker()
                let ledger = EventLedger(deployment)
                try await ledger.publish(30)
                try await ledger.expectWhole()
                // What is open stays; no number is left for a new one.
                try await limitFiles(worker, "3")
                for type in ["normal", "pubsub"] {
                    try deployment.probe.command("CLIENT", "KILL", "TYPE", type)
                }
                try await deployment.host?.closeConnections()
                try await worker.logged("no connection to Redis")
                try await worker.logged("no connection to RabbitMQ")
                try await ledger.publish(30)
                let lines = worker.log.count
                let end = ContinuousClock.now + .seconds(2)
                try await eventually("some attempts were made") { .now > end }
                #expect(worker.log.count - lines < 50)
                try await limitFiles(worker, "1024")
                try await ledger.expectWhole()
            }
        }

        @Test("whose log nobody reads works on", arguments: ["full disk", "blocked pipe"])
        func log(_ fault: String) async throws {
            try await withDeployment { deployment in
                let folder = try TemporaryFolder()
                defer { folder.remove() }
                // The reader of the pipe opens it and takes nothing.
                let target = fault == "full disk" ? "/dev/full" : folder.file("pipe")
                let script =
                    #"[ -c "$0" ] || { mkfifo "$0"; tail -f /dev/null < "$0" & }; "#
                    + #""$@" 2> "$0"; kill $!"#
                _ = try deployment.launchWorker(
                    ["LOG_LEVEL": "debug"],
                    wrapper: ["timeout", "120", "sh", "-c", script, target]
                )
                try await eventually("the worker listens") {
                    try deployment.coherenceListeners == 1
                }
                let ledger = EventLedger(deployment)
                for _ in 0..<20 { try await ledger.publish(60) }
                try await ledger.expectWhole()
            }
        }

        @Test("with one core and fifty that burn it keeps its heartbeats")
        func starved() async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                let pinned = ["taskset", "-c", "0"]
                let worker = try await deployment.startWorker(
                    ["AMQP_URL": host.url + "?heartbeat=3"],
                    wrapper: pinned
                )
                let burners = try (0..<50)
                    .map { _ in
                        try ChildProcess(
                            "taskset",
                            ["-c", "0", "timeout", "30", "sh", "-c", "while :; do :; done"]
                        )
                    }
                let ledger = EventLedger(deployment)
                do {
                    try await ledger.publish(60)
                    let end = ContinuousClock.now + .seconds(9)
                    try await eventually("three heartbeats have passed") { .now > end }
                    try await ledger.expectWhole()
                    #expect(worker.lines("no connection to RabbitMQ").isEmpty)
                } catch {
                    await finish(burners)
                    throw error
                }
                await finish(burners)
            }
        }

        @Test("that names another address for a server is believed at the next connection")
        func moved() async throws {
            try await withDeployment { deployment in
                let folder = try TemporaryFolder()
                defer { folder.remove() }
                // Nobody listens there.
                let hosts = try folder.write("127.0.0.9 redis.test\n", to: "hosts")
                let worker = try deployment.launchWorker(
                    ["REDIS_URL": "redis://redis.test:\(deployment.redis.port)"],
                    wrapper: [
                        "unshare", "-m", "sh", "-c",
                        #"mount --bind "$0" /etc/hosts; exec "$@""#, hosts,
                    ]
                )
                try await worker.logged("no connection to Redis")
                // In place: what is mounted is this file and not its successor.
                try folder.write("127.0.0.1 redis.test\n", to: "hosts")
                let ledger = EventLedger(deployment)
                try await ledger.publish(30)
                try await ledger.expectWhole()
            }
        }

        private func limitFiles(_ worker: WorkerProcess, _ limit: String) async throws {
            _ = try await Command.output(
                of: "prlimit",
                ["--pid", "\(worker.process.processIdentifier)", "--nofile=\(limit):1024"]
            )
        }

        private func finish(_ processes: [ChildProcess]) async {
            for process in processes { process.signal(SIGTERM) }
            for process in processes { _ = await process.waitForExit() }
        }
    }
}
