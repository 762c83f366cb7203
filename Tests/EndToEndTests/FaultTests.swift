import TestSupport
import Testing

extension EndToEnd {
    /// What servers do to workers.
    @Suite("A fault")
    struct FaultTests {
        @Test("that empties Redis is survived: groups are made again and new jobs are done")
        func emptied() async throws {
            try await withDeployment { deployment in
                let worker = try await deployment.startWorker()
                try deployment.probe.command("SET", "first", "x")
                try JobStream("invalidate", deployment.probe).add(Self.event("first"))
                try await deployment.gone("first")
                try await deployment.redis.restart()
                let probe = try deployment.redis.probe()
                try probe.command("SET", "second", "x")
                try JobStream("invalidate", probe).add(Self.event("second"))
                try await eventually("the new job is done") {
                    try probe.command("EXISTS", "second").integer == 0
                }
                try await JobStream("invalidate", probe).idle()
                #expect(worker.process.isRunning)
            }
        }

        @Test("that keeps Redis away at the start is waited out")
        func lateServer() async throws {
            try await withDeployment { deployment in
                await deployment.redis.kill()
                let worker = try deployment.launchWorker()
                try await worker.logged("no connection to Redis")
                try await deployment.redis.restart()
                let probe = try deployment.redis.probe()
                try probe.command("SET", "k:0", "x")
                try JobStream("invalidate", probe).add(Self.event("k:0"))
                try await eventually("the job is done") {
                    try probe.command("EXISTS", "k:0").integer == 0
                }
            }
        }

        @Test("that fills Redis does not keep keys from going")
        func full() async throws {
            try await withDeployment { deployment in
                _ = try await deployment.startWorker()
                let stream = JobStream("invalidate", deployment.probe)
                try deployment.probe.command("SET", "k:0", "x")
                // One step, since nothing could be added afterwards.
                try deployment.probe.pipeline([
                    ["MULTI"], ["XADD", stream.key, "*", "event", Self.event("k:0")],
                    ["CONFIG", "SET", "maxmemory", "1"], ["EXEC"],
                ])
                try await deployment.gone("k:0")
                try await stream.idle()
                try expectGapless(deployment.probe)
            }
        }

        @Test("that fills Redis lets a warm wait, and what comes behind it go on")
        func fullWithWarm() async throws {
            try await withDeployment { deployment in
                _ = try await deployment.startWorker()
                let probe = deployment.probe
                try probe.command("SET", "k:0", "x")
                let warm =
                    #"{"type":"cache.warm","data":{"entries":[{"key":"w","value":1}]}}"#
                // One step, since nothing could be added afterwards; both are in one batch.
                try probe.pipeline([
                    ["MULTI"], ["XADD", "{cw}:jobs:warm", "*", "event", warm],
                    ["XADD", "{cw}:jobs:invalidate", "*", "event", Self.event("k:0")],
                    ["CONFIG", "SET", "maxmemory", "1"], ["EXEC"],
                ])
                try await deployment.gone("k:0")
                try await eventually("the warm waits") {
                    try probe.command("ZCARD", "{cw}:jobs:delayed").integer == 1
                }
                try probe.command("CONFIG", "SET", "maxmemory", "0")
                try await eventually("the warm is done") {
                    try probe.command("GET", "w").text == "1"
                }
            }
        }

        @Test("that freezes Redis for three seconds loses no job")
        func frozen() async throws {
            try await withDeployment { deployment in
                _ = try await deployment.startWorker()
                try addJobs(0..<2_000, deployment.probe)
                deployment.redis.pause()
                let end = ContinuousClock.now + .seconds(3)
                try await eventually("three seconds have passed") { .now > end }
                deployment.redis.resume()
                try addJobs(2_000..<2_100, deployment.probe)
                try await expectAllGone(2_100, deployment)
            }
        }

        @Test("that freezes Redis longer than any command may take loses no job")
        func frozenLong() async throws {
            try await withDeployment { deployment in
                let worker = try await deployment.startWorker()
                try addJobs(0..<2_000, deployment.probe)
                deployment.redis.pause()
                // Five seconds for a command, three for a connection that is tried then.
                try await worker.logged("no connection to Redis", within: .seconds(15))
                deployment.redis.resume()
                try addJobs(2_000..<2_100, deployment.probe)
                try await expectAllGone(2_100, deployment)
            }
        }

        @Test("that kills every connection to Redis again and again loses no job")
        func killedConnections() async throws {
            try await withDeployment { deployment in
                _ = try await deployment.startWorker()
                for round in 0..<10 {
                    try addJobs(round * 200..<(round + 1) * 200, deployment.probe)
                    for type in ["normal", "pubsub"] {
                        try deployment.probe.command("CLIENT", "KILL", "TYPE", type)
                    }
                }
                try await expectAllGone(2_000, deployment)
                try await eventually("the worker hears the coherence channel again") {
                    try deployment.coherenceListeners == 1
                }
            }
        }

        @Test("that closes the connections of the broker loses no job")
        func closedByBroker() async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                _ = try await deployment.startWorker()
                for number in 0..<20 {
                    try deployment.probe.command("SET", "k:\(number)", "x")
                    if number % 5 == 2 { try await host.closeConnections() }
                    try await host.publish(
                        Self.event("k:\(number)"),
                        to: "cache.jobs",
                        routingKey: "invalidate"
                    )
                }
                for number in 0..<20 { try await deployment.gone("k:\(number)") }
                try await host.settled("cache.invalidate", dead: 0)
            }
        }

        @Test("in the arguments of one queue is told by its name, and the other queues go on")
        func otherArguments() async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                try await host.declareQueue("cache.warm")
                let worker = try deployment.launchWorker()
                let line = try await worker.logged("RabbitMQ's topology is not as configured")
                #expect(line.level == "error")
                #expect(line.fields["problem"]?.contains("cache.warm") == true)
                #expect(line.fields["problem"]?.contains("inequivalent arg") == true)
                try await eventually("the other queues have their consumer") {
                    try await host.depth(of: "cache.task")?.consumers == 1
                }
                try deployment.probe.command("SET", "k", "x")
                try await host.publish(
                    Self.event("k"),
                    to: "cache.jobs",
                    routingKey: "invalidate"
                )
                try await deployment.gone("k")
                #expect(try await host.depth(of: "cache.warm")?.consumers == 0)
                #expect(worker.lines("RabbitMQ's topology is not as configured").count <= 8)
            }
        }

        @Test("line between two Redis servers is kept: data on one, jobs and log on the other")
        func twoServers() async throws {
            try await withDeployment { data in
                try await withRedis { jobs in
                    let probe = try jobs.probe()
                    let worker = try data.launchWorker(["JOBS_REDIS_URL": jobs.url])
                    try await worker.logged("worker started")
                    let listener = try CoherenceListener(jobs)
                    try data.probe.command("SET", "k", "x")
                    try JobStream("warm", probe)
                        .add(
                            #"{"type":"cache.warm","data":{"entries":[{"key":"w","value":1}]}}"#
                        )
                    try await eventually("the entry is there") { try data.exists("w") }
                    #expect(try listener.next().k == ["w"])
                    try JobStream("invalidate", probe).add(Self.event("k"))
                    try await data.gone("k")
                    #expect(try listener.next().k == ["w"])
                    #expect(try listener.next().k == ["k"])
                    #expect(try listener.next().k == ["k"])
                    try await JobStream("invalidate", probe).idle()
                    try expectGapless(probe)
                    let names = try data.probe.command("KEYS", "*").texts
                    let ours = names.filter { $0.hasPrefix("{cw}:fence") || $0 == "{cw}:life" }
                    #expect(names.filter { !ours.contains($0) } == ["w"])
                    #expect(try probe.command("EXISTS", "w", "k").integer == 0)
                }
            }
        }

        private func addJobs(_ range: Range<Int>, _ probe: RedisProbe) throws {
            try probe.pipeline(
                range.flatMap { number in
                    [
                        ["SET", "k:\(number)", "x"],
                        ["XADD", "{cw}:jobs:invalidate", "*", "event", Self.event("k:\(number)")],
                    ]
                }
            )
        }

        private func expectAllGone(_ count: Int, _ deployment: Deployment) async throws {
            let keys = (0..<count).map { "k:\($0)" }
            try await eventually("every key is gone", within: .seconds(40)) {
                try deployment.probe.command(["EXISTS"] + keys).integer == 0
            }
            try await JobStream("invalidate", deployment.probe).idle(within: .seconds(40))
            #expect(try JobStream.deadLetters(deployment.probe).isEmpty)
        }

        private static func event(_ key: String) -> String {
            #"{"type":"cache.invalidate","data":{"keys":["\#(key)"]}}"#
        }
    }
}
