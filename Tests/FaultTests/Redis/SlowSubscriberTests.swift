import Glibc
import TestSupport
import Testing

extension Faults {
    /// A worker that hears the coherence log too slowly for the server.
    @Suite("A slow subscriber")
    struct SlowSubscriberTests {
        @Test("is cut off by the server, sees what it has missed, and drops those copies")
        func cutOff() async throws {
            let options = RedisServer.Options(configuration: [
                "client-output-buffer-limit pubsub 4mb 4mb 0"
            ])
            try await withDeployment(options) { deployment in
                let slow = try await deployment.startWorker(["LOG_LEVEL": "debug"])
                try await slow.logged("local tier distrusted")
                try JobStream("warm", deployment.probe)
                    .add(#"{"type":"cache.warm","data":{"entries":[{"key":"held","value":1}]}}"#)
                try await JobStream("warm", deployment.probe).idle()
                slow.process.signal(SIGSTOP)
                defer { slow.process.signal(SIGCONT) }
                try await eventually("its read is over, so that it is given no job") {
                    try deployment.probe.command("INFO", "clients").text?
                        .contains("blocked_clients:0") == true
                }
                _ = try await deployment.startWorker()
                let stream = JobStream("invalidate", deployment.probe)
                try stream.add(#"{"type":"cache.invalidate","data":{"keys":["held"]}}"#)
                // Larger together than what the server and the system keep for a subscriber.
                for round in 0..<40 where try deployment.coherenceListeners > 1 {
                    for number in 0..<5 { try stream.add(Self.large(round * 5 + number)) }
                    try await stream.idle()
                }
                try await eventually("the server cuts it off") {
                    try deployment.coherenceListeners == 1
                }
                slow.process.signal(SIGCONT)
                try await slow.logged("coherence subscription lost")
                try await eventually("it has dropped its copy") {
                    !slow.lines("local copies dropped").isEmpty
                        || slow.lines("local tier distrusted").count > 1
                }
                let ledger = EventLedger(deployment)
                try await ledger.publish(60)
                try await ledger.expectWhole()
            }
        }

        /// Half a megabyte of keys that no other event names.
        private static func large(_ number: Int) -> String {
            let padding = String(repeating: "x", count: 1_000)
            let keys = (0..<500).map { "\"\(number):\(padding)\($0)\"" }.joined(separator: ",")
            return #"{"type":"cache.invalidate","data":{"keys":[\#(keys)]}}"#
        }
    }
}
