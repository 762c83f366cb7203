import TestSupport
import Testing

extension EndToEnd {
    /// Large events, many of them.
    @Suite("Events of a megabyte")
    struct MemoryTests {
        private static let count = 150
        /// What the worker may hold; it may need some copies of each.
        private static let inFlight = "4MiB"
        /// Less than the events weigh: measured are 34 to 65 MB, and 155 to 186 without the bound.
        private static let maxPeak = 128 << 20

        private static let body = String(repeating: "x", count: 1_000_000)

        private static func event(_ number: Int) -> String {
            let entry = #"{"key":"w:\#(number % 3)","value":"\#(body)"}"#
            return #"{"type":"cache.warm","data":{"entries":[\#(entry)]}}"#
        }

        private var settings: [String: String] {
            ["MAX_BYTES_IN_FLIGHT": Self.inFlight, "LOCAL_MAX_BYTES": "0"]
        }

        @Test("do not fill the worker, however many are in a stream")
        func stream() async throws {
            try await withDeployment { deployment in
                let stream = JobStream("warm", deployment.probe)
                for number in 0..<Self.count { try stream.add(Self.event(number)) }
                let worker = try await deployment.startWorker(settings)
                try await stream.idle()
                #expect(try JobStream.deadLetters(deployment.probe).isEmpty)
                let peak = try worker.peakMemory
                #expect(peak < Self.maxPeak, "\(peak >> 20) MiB")
            }
        }

        @Test("wait in the broker while Redis stands still, and the worker's heartbeats go on")
        func broker() async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                let worker = try await deployment.startWorker(settings)
                deployment.redis.pause()
                for number in 0..<Self.count {
                    try await host.publish(
                        Self.event(number),
                        to: "cache.jobs",
                        routingKey: "warm.x"
                    )
                }
                try await worker.logged("no connection to Redis")
                let peak = try worker.peakMemory
                #expect(peak < Self.maxPeak, "\(peak >> 20) MiB")
                deployment.redis.resume()
                try await host.settled("cache.warm", dead: 0, consumers: 1)
                let last = try worker.peakMemory
                #expect(last < Self.maxPeak, "\(last >> 20) MiB")
                #expect(worker.lines("no connection to RabbitMQ").isEmpty)
            }
        }
    }
}
