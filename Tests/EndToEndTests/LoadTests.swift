import Foundation
import TestSupport
import Testing

extension EndToEnd {
    /// Many events over both transports while workers come and go.
    @Suite("Many events")
    struct LoadTests {
        /// The number the project promises; the environment may ask for another.
        static let eventCount =
            ProcessInfo.processInfo.environment["CACHEWORKER_TEST_EVENTS"].flatMap { Int($0) }
            ?? 100_000
        /// Commands in one write of the test.
        static let pipelineLength = 1_000
        /// How long a job may stay with a dead worker.
        static let takeoverLimit = Duration.seconds(30)
        /// Jobs that a consumer has read before it died, in front of all others.
        static let abandonedCount = 10

        @Test("are all applied by three workers of which one is killed and one restarted")
        func workersComeAndGo() async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                let count = Self.eventCount
                let stream = JobStream("invalidate", deployment.probe)
                try setUpKeys(count, deployment.probe)
                try addToStream(0..<Self.abandonedCount, stream)
                try abandon(stream)

                // Who has room gets its part, so under load nobody misses jobs for long.
                let watched = ["STALL_TIMEOUT": "5s"]
                let killed = try await deployment.startWorker(watched)
                let restarted = try await deployment.startWorker(watched)
                let lasting = try await deployment.startWorker(watched)
                async let publishing = deployment.run(
                    "publish",
                    "--file",
                    "-",
                    "--to",
                    "amqp",
                    input: Self.lines(count / 2..<count)
                )
                try addToStream(Self.abandonedCount..<count / 4, stream)
                await killed.process.kill()
                let killedAt = ContinuousClock.now
                restarted.process.signal(SIGTERM)
                let late = try deployment.launchWorker(watched)
                try addToStream(count / 4..<count / 2, stream)
                #expect(await restarted.process.waitForExit() == .status(0))

                let published = try await publishing
                #expect(published.exit == .status(0), "\(published.errors)")
                #expect(published.output.split(separator: "\n").count == count - count / 2)
                try await eventually("every key is gone", within: .seconds(120)) {
                    try remaining(of: count, deployment.probe) == 0
                }
                try await stream.idle(within: Self.takeoverLimit - killedAt.duration(to: .now))
                try await host.settled("cache.invalidate", dead: 0, consumers: 2)
                #expect(try JobStream.deadLetters(deployment.probe).isEmpty)
                try expectGapless(deployment.probe)
                let logs = [killed, restarted, lasting, late].flatMap(\.log)
                #expect(logs.allSatisfy { !$0.message.hasPrefix("no jobs come though") })
            }
        }

        /// A consumer that reads some jobs and is never heard of again.
        private func abandon(_ stream: JobStream) throws {
            try stream.probe.command("XGROUP", "CREATE", stream.key, "workers", "0")
            let read = try stream.probe.command(
                "XREADGROUP",
                "GROUP",
                "workers",
                "dead",
                "COUNT",
                "\(Self.abandonedCount)",
                "STREAMS",
                stream.key,
                ">"
            )
            #expect(read.elements.first?.elements.last?.elements.count == Self.abandonedCount)
        }

        private func setUpKeys(_ count: Int, _ probe: RedisProbe) throws {
            try probe.command(
                "EVAL",
                "for i = 0, ARGV[1] - 1 do redis.call('SET', 'load:' .. i, 'x') end",
                "0",
                "\(count)"
            )
        }

        private func addToStream(_ range: Range<Int>, _ stream: JobStream) throws {
            for start in stride(
                from: range.lowerBound,
                to: range.upperBound,
                by: Self.pipelineLength
            ) {
                try stream.probe.pipeline(
                    (start..<min(start + Self.pipelineLength, range.upperBound))
                        .map { ["XADD", stream.key, "*", "event", Self.event($0)] }
                )
            }
        }

        private func remaining(of count: Int, _ probe: RedisProbe) throws -> Int {
            let script = """
                local left = 0
                for i = 0, ARGV[1] - 1 do left = left + redis.call('EXISTS', 'load:' .. i) end
                return left
                """
            return try probe.command("EVAL", script, "0", "\(count)").integer ?? -1
        }

        private static func event(_ number: Int) -> String {
            #"{"type":"cache.invalidate","data":{"keys":["load:\#(number)"]}}"#
        }

        private static func lines(_ range: Range<Int>) -> String {
            range.map { event($0) + "\n" }.joined()
        }
    }
}

/// The journal ends with the counter's number, and no number before it is missing.
func expectGapless(_ probe: RedisProbe) throws {
    let ids = try probe.command("XRANGE", "{cw}:journal", "-", "+").elements
        .compactMap { $0.elements.first?.text }
    let last = try probe.command("GET", "{cw}:seq").text.flatMap { Int($0) } ?? -1
    let first = last - ids.count + 1
    #expect(ids == (first...last).map { "\($0)-0" })
}
