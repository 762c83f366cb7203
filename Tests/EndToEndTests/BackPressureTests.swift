import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// A server that is slow, or not ready: the worker waits, says why, and goes on by itself.
    @Suite("Back-pressure") struct BackPressureTests {
        private static let count = 2_000
        /// What a worker may need at most, whatever waits in front of it.
        private static let maxResidentBytes = 160 << 20

        private func readiness(_ port: UInt16) -> (status: Int, reasons: String) {
            guard let answer = try? HTTPProbe.get("/readyz", port: port) else { return (0, "") }
            return (answer.status, answer.body)
        }

        private func untilReady(_ port: UInt16) async throws {
            try await eventually("the worker is ready") { readiness(port).status == 200 }
        }

        private func jobs(_ range: Range<Int>) -> [[String]] {
            range.map { number in
                let event = #"{"type":"cache.invalidate","data":{"keys":["k:\#(number)"]}}"#
                return ["XADD", "{cw}:jobs:invalidate", "*", "event", event]
            }
        }

        private func setUpKeys(_ deployment: Deployment) throws {
            try deployment.probe.pipeline((0..<Self.count).map { ["SET", "k:\($0)", "x"] })
        }

        private func untilAllGone(_ probe: RedisProbe) async throws {
            let keys = (0..<Self.count).map { "k:\($0)" }
            try await eventually("every key is gone") {
                try probe.command(["EXISTS"] + keys).integer == 0
            }
        }

        private func expectNoStall(_ worker: WorkerProcess) {
            let stalls = worker.log.filter { $0.message.hasPrefix("no jobs come though") }
            #expect(stalls.isEmpty)
            #expect(worker.process.isRunning)
        }

        @Test("of a Redis that pauses its clients is no stall", arguments: ["WRITE", "ALL"])
        func paused(_ mode: String) async throws {
            try await withDeployment { deployment in
                let worker = try await deployment.startWorker(["STALL_TIMEOUT": "600ms"])
                try setUpKeys(deployment)
                let pause = ["CLIENT", "PAUSE", "3000", mode]
                try deployment.probe.pipeline(jobs(0..<Self.count) + [pause])
                try await untilAllGone(deployment.probe)
                try await JobStream("invalidate", deployment.probe).idle()
                expectNoStall(worker)
            }
        }

        @Test("of a Redis that loads its data is told by readiness, and is no stall")
        func loading() async throws {
            // A millisecond for each of the keys, as a server with a hundred times as many needs.
            let options = RedisServer.Options(configuration: [
                "appendonly yes", "appendfsync always", "key-load-delay 1000",
                "loading-process-events-interval-bytes 1024",
            ])
            try await withDeployment(options) { deployment in
                let port = try FreePort.next()
                let worker = try await deployment.startWorker([
                    "STALL_TIMEOUT": "600ms", "HTTP_LISTEN": "127.0.0.1:\(port)",
                ])
                try setUpKeys(deployment)
                try await untilReady(port)
                // It does nothing while the jobs are added and the server dies.
                worker.process.signal(SIGSTOP)
                try deployment.probe.pipeline(jobs(0..<Self.count))
                await deployment.redis.kill()
                worker.process.signal(SIGCONT)
                async let restart: Void = deployment.redis.restart()
                try await eventually("readiness names the loading") {
                    readiness(port).reasons.contains("LOADING")
                }
                #expect(readiness(port).status == 503)
                try await restart
                try await untilAllGone(try deployment.redis.probe())
                try await untilReady(port)
                expectNoStall(worker)
            }
        }

        @Test("of a RabbitMQ under an alarm keeps dead letters here, and tells why; jobs go on")
        func alarm() async throws {
            try await withRabbitMQ { broker in
                try await withBrokerDeployment(on: broker) { deployment in
                    let host = try #require(deployment.host)
                    let port = try FreePort.next()
                    let worker = try await deployment.startWorker([
                        "HTTP_LISTEN": "127.0.0.1:\(port)"
                    ])
                    try await untilReady(port)
                    for (number, resource) in ["memory", "disk"].enumerated() {
                        try deployment.probe.command("SET", "k", "x")
                        // Published before the alarm, seen after it.
                        worker.process.signal(SIGSTOP)
                        for event in ["no event", Self.removal] {
                            try await host.publish(
                                event,
                                to: "cache.jobs",
                                routingKey: "invalidate"
                            )
                        }
                        let alarm = "{resource_limit, \(resource), node()}"
                        _ = try await broker.evaluate("rabbit_alarm:set_alarm({\(alarm), []})")
                        worker.process.signal(SIGCONT)
                        try await deployment.gone("k")
                        try await eventually("readiness tells of the alarm on \(resource)") {
                            readiness(port).reasons.contains("RabbitMQ takes no messages")
                        }
                        _ = try await broker.evaluate("rabbit_alarm:clear_alarm(\(alarm))")
                        try await eventually("the dead letter is stored") {
                            try await host.depth(of: "cache.dead")?.ready == number + 1
                        }
                        try await untilReady(port)
                    }
                    try await host.settled("cache.invalidate", dead: 2)
                    expectNoStall(worker)
                }
            }
        }

        private static let removal = #"{"type":"cache.invalidate","data":{"keys":["k"]}}"#

        @Test("of a Redis that stands still leaves jobs in the broker and its memory as it is")
        func standingStill() async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                let port = try FreePort.next()
                let worker = try await deployment.startWorker([
                    "AMQP_URL": host.url + "?heartbeat=1", "HTTP_LISTEN": "127.0.0.1:\(port)",
                ])
                try setUpKeys(deployment)
                try await untilReady(port)
                deployment.redis.pause()
                let padding = String(repeating: "x", count: 8_000)
                let lines = (0..<Self.count)
                    .map { number in
                        let data = #"{"keys":["k:\#(number)","\#(padding)"]}"#
                        return #"{"type":"cache.invalidate","data":\#(data)}"#
                    }
                let published = try await deployment.run(
                    "publish",
                    "--file",
                    "-",
                    "--to",
                    "amqp",
                    input: lines.joined(separator: "\n")
                )
                #expect(published.exit == .status(0), "\(published.errors)")
                // Five heartbeats and more: a command may take five seconds.
                try await eventually("readiness tells that jobs wait, and for what") {
                    readiness(port).reasons.contains("amqp jobs: they wait for what all need")
                }
                let depth = try #require(try await host.depth(of: "cache.invalidate"))
                #expect(depth.ready + depth.unacknowledged == Self.count)
                #expect(depth.unacknowledged <= 512)
                deployment.redis.resume()
                try await untilAllGone(deployment.probe)
                try await host.settled("cache.invalidate", dead: 0)
                try await untilReady(port)
                let metrics = try PrometheusText(try HTTPProbe.get("/metrics", port: port).body)
                let labels = ["server": "amqp", "role": "consumer"]
                #expect(metrics.value("cacheworker_connection_reconnects_total", labels) == 0)
                #expect(try worker.peakMemory < Self.maxResidentBytes)
                expectNoStall(worker)
            }
        }
    }
}
