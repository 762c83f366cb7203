import TestSupport
import Testing

extension Faults {
    /// Events that are too large, too old, too far ahead or not what they say.
    @Suite("A hostile event")
    struct HostileEventTests {
        /// The most memory a worker may ever have had after a body of 100 MB on a queue.
        static let maxPeakBytes = 160 << 20

        @Test("of 100 MB on a queue is never read, and kept by the broker")
        func largeOnQueue() async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                let worker = try await deployment.startWorker()
                let folder = try TemporaryFolder()
                defer { folder.remove() }
                _ = try await Command.output(of: "truncate", ["-s", "100M", folder.file("body")])
                _ = try await Command.output(
                    of: "sh",
                    [
                        "-c", #"exec amqp-publish "$@" < "$0""#, folder.file("body"), "-u",
                        host.url,
                        "-e", "cache.jobs", "-r", "invalidate.large", "-p",
                    ]
                )
                try await eventually("the letter is there") {
                    try await host.depth(of: "cache.dead")?.ready == 1
                }
                let ledger = EventLedger(deployment)
                try await ledger.publish(30)
                try await ledger.expectWhole()
                #expect(try worker.peakMemory < Self.maxPeakBytes)
            }
        }

        @Test("of 100 MB on a stream is a dead letter, and the jobs around it go on")
        func largeOnStream() async throws {
            try await withDeployment { deployment in
                let worker = try await deployment.startWorker()
                let ledger = EventLedger(deployment)
                try await ledger.publish(30)
                let script = "redis.call('XADD', KEYS[1], '*', 'event', string.rep('x', 1e8))"
                try deployment.probe.command("EVAL", script, "1", "{cw}:jobs:invalidate")
                try await ledger.publish(30)
                try await ledger.expectWhole()
                #expect(try deployment.probe.command("XLEN", "{cw}:jobs:dead").integer == 1)
                #expect(worker.process.isRunning)
            }
        }

        @Test("that is compressed is a dead letter, never unpacked")
        func compressed() async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                let worker = try await deployment.startWorker()
                let script = #"head -c 500M /dev/zero | gzip -1 | amqp-publish "$@""#
                _ = try await Command.output(
                    of: "sh",
                    [
                        "-c", script, "sh", "-u", host.url, "-e", "cache.jobs", "-r", "invalidate",
                        "-C", "application/json", "-E", "gzip", "-p",
                    ]
                )
                let letter = try await worker.logged("job is dead")
                #expect(["not-utf8", "not-json", "too-large"].contains(letter.fields["reason"]))
                #expect(try worker.peakMemory < Self.maxPeakBytes)
            }
        }

        @Test("with any moment or life neither stops nor harms the worker")
        func moments() async throws {
            try await withDeployment { deployment in
                let worker = try await deployment.startWorker()
                let ledger = EventLedger(deployment)
                let stream = JobStream("warm", deployment.probe)
                let moments = [
                    "0001-01-01T00:00:00Z", "1926-01-01T00:00:00Z", "9999-12-31T23:59:59Z",
                    "2126-01-01T00:00:00Z", "2026-13-01T00:00:00Z", "2026-06-30T23:59:60Z",
                    "1e99", "-1", "",
                ]
                for moment in moments {
                    for attribute in ["notbefore", "expiresat", "time"] {
                        try stream.add(
                            #"{"type":"cache.warm","\#(attribute)":"\#(moment)","#
                                + #""data":{"entries":[{"key":"odd","value":1}]}}"#
                        )
                    }
                }
                for life in ["-1", "1e308", "9e18", "0.0000001", "3153600000000", "null", "\"60\""]
                {
                    try stream.add(
                        #"{"type":"cache.warm","data":{"entries":"#
                            + #"[{"key":"odd","value":1,"ttl":\#(life)}]}}"#
                    )
                }
                try await ledger.publish(30)
                try await ledger.untilEffects()
                try await stream.idle()
                #expect(worker.process.isRunning)
                // What waits for a moment that will come, waits.
                let waiting = try deployment.probe.command("ZCARD", "{cw}:jobs:delayed").integer
                #expect(waiting == 2)
                #expect(try JobStream.deadLetters(deployment.probe).count > 10)
            }
        }
    }
}
