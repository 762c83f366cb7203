import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// What becomes of jobs that a worker has taken and cannot do when it is told to end.
    @Suite("A draining worker")
    struct DrainTests {
        /// Long: a drain that uses it up is none.
        static let timeout = "60"
        static let limit = Duration.seconds(30)

        private static func invalidation(_ number: Int) -> String {
            #"{"type":"cache.invalidate","data":{"keys":["k:\#(number)"]}}"#
        }

        private static func warm(_ number: Int) -> String {
            #"{"type":"cache.warm","data":{"entries":[{"key":"w:\#(number)","value":1}]}}"#
        }

        private func end(_ worker: WorkerProcess) async throws -> Int {
            worker.process.signal(SIGTERM)
            try await eventually("it has ended", within: Self.limit) { !worker.process.isRunning }
            #expect(await worker.process.waitForExit() == .status(0))
            #expect(worker.lines("drain timed out, the rest is left for others").isEmpty)
            let line = try #require(worker.lines("worker stopped").first)
            return try #require(line.fields["handedBack"].flatMap { Int($0) })
        }

        @Test("gives all jobs back to the broker while Redis is gone, and another one does them")
        func redisGone() async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                let worker = try await deployment.startWorker(["DRAIN_TIMEOUT": Self.timeout])
                await deployment.redis.kill()
                for number in 0..<40 {
                    try await host.publish(
                        Self.invalidation(number),
                        to: "cache.jobs",
                        routingKey: "invalidate.x"
                    )
                }
                try await worker.logged("step failed, trying again")
                try await eventually("it holds all of them") {
                    try await host.depth(of: "cache.invalidate")?.unacknowledged == 40
                }
                #expect(try await end(worker) == 40)
                try await eventually("all wait in the broker again") {
                    try await host.depth(of: "cache.invalidate")?.ready == 40
                }
                try await deployment.redis.restart()
                _ = try deployment.launchWorker()
                try await host.settled("cache.invalidate", dead: 0, consumers: 1)
            }
        }

        @Test("holds nothing of a lane that pauses, and what it did not begin waits for others")
        func pausedLane() async throws {
            try await withDeployment { deployment in
                let worker = try await deployment.startWorker([
                    "DRAIN_TIMEOUT": Self.timeout, "JOB_RATE": "warm=1/h",
                ])
                let stream = JobStream("warm", deployment.probe)
                for number in 0..<50 { try stream.add(Self.warm(number)) }
                try await eventually("one is done") { try done(deployment.probe) == 1 }
                // Another lane is not concerned.
                try deployment.probe.command("SET", "k:1", "x")
                try JobStream("invalidate", deployment.probe).add(Self.invalidation(1))
                try await deployment.gone("k:1")
                #expect(try await end(worker) == 0)
                #expect(try stream.pending == 0)
                #expect(try done(deployment.probe) == 1)
                _ = try deployment.launchWorker()
                try await stream.idle()
                #expect(try done(deployment.probe) == 50)
            }
        }

        @Test("holds nothing of the stream while its store cannot be written")
        func storeReadOnly() async throws {
            try await withRedis { jobs in
                try await withDeployment { deployment in
                    let worker = try deployment.launchWorker([
                        "DRAIN_TIMEOUT": Self.timeout, "JOBS_REDIS_URL": jobs.url,
                    ])
                    try await worker.logged("worker started")
                    let stream = JobStream("warm", try jobs.probe())
                    try deployment.probe.command("REPLICAOF", "127.0.0.1", "1")
                    for number in 0..<30 { try stream.add(Self.warm(number)) }
                    try await worker.logged("step failed, trying again")
                    let handedBack = try await end(worker)
                    #expect(handedBack > 0)
                    #expect(try stream.pending == 0)
                    let waiting = try stream.probe.command("ZCARD", "{cw}:jobs:delayed").integer
                    #expect(waiting == handedBack)
                    try deployment.probe.command("REPLICAOF", "NO", "ONE")
                    _ = try deployment.launchWorker(["JOBS_REDIS_URL": jobs.url])
                    try await eventually("all are done") { try done(deployment.probe) == 30 }
                    try await stream.idle()
                    #expect(try JobStream.deadLetters(stream.probe).isEmpty)
                }
            }
        }

        private func done(_ probe: RedisProbe) throws -> Int {
            try probe.command("KEYS", "w:*").elements.count
        }
    }
}
