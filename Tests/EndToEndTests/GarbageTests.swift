import TestSupport
import Testing

extension EndToEnd {
    /// What is no event, between events.
    @Suite("Garbage")
    struct GarbageTests {
        @Test("on a stream is a dead letter once, and good events around it are applied")
        func stream() async throws {
            try await withDeployment { deployment in
                let stream = JobStream("invalidate", deployment.probe)
                try setUpKeys(deployment)
                try stream.add(Self.good(0))
                for (index, garbage) in Garbage.everywhere.enumerated() {
                    try stream.add(garbage.body)
                    try stream.add(Self.good(index + 1))
                }
                try deployment.probe.command("XADD", stream.key, "*", "payload", "no event field")
                _ = try await deployment.startWorker()
                for index in 0...Garbage.everywhere.count {
                    try await deployment.gone("good:\(index)")
                }
                try await stream.idle(within: .seconds(30))

                let letters = try JobStream.deadLetters(deployment.probe)
                #expect(letters.count == Garbage.everywhere.count + 1)
                for garbage in Garbage.everywhere {
                    let matching = letters.filter { $0["event"] == garbage.body }
                    #expect(matching.count == 1, "\(garbage.name)")
                    #expect(matching.first.map { Self.text($0, "reason") } == garbage.reason)
                    for letter in matching { expectExplained(letter, garbage.name) }
                }
                let unnamed = letters.filter { letter in
                    !Garbage.everywhere.contains { $0.body == letter["event"] }
                }
                #expect(unnamed.count == 1)
                #expect(Self.text(try #require(unnamed.first), "error").contains("event"))
                #expect(Self.text(try #require(unnamed.first), "event").contains("no event field"))
            }
        }

        @Test("on a queue is a dead letter once, and good events around it are applied")
        func amqp() async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                _ = try await deployment.startWorker()
                try setUpKeys(deployment)
                let garbage = Garbage.everywhere + Garbage.onlyAMQP
                try await host.publish(Self.good(0), to: "cache.jobs", routingKey: "invalidate")
                for (index, garbage) in garbage.enumerated() {
                    try await host.publish(garbage)
                    try await host.publish(
                        Self.good(index + 1),
                        to: "cache.jobs",
                        routingKey: "invalidate"
                    )
                }
                for index in 0...garbage.count { try await deployment.gone("good:\(index)") }
                try await host.settled("cache.invalidate", dead: garbage.count)
                let letters = try await DeadLetterReader(host).take(garbage.count)
                for garbage in garbage {
                    let matching = letters.filter { $0.body == garbage.body }
                    #expect(matching.count == 1, "\(garbage.name)")
                    guard let letter = matching.first else { continue }
                    #expect(letter.headers["reason"] == garbage.reason, "\(garbage.name)")
                    #expect(letter.headers["error"]?.isEmpty == false, "\(garbage.name)")
                    #expect(letter.headers["origin"]?.contains("invalidate") == true)
                    #expect(letter.headers["attempts"] == "1", "\(garbage.name)")
                    #expect(letter.headers["failedAt"]?.hasSuffix("Z") == true)
                }
            }
        }

        @Test("of 20 MB on a queue keeps its bytes as a dead letter")
        func largeBody() async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                let worker = try await deployment.startWorker()
                try setUpKeys(deployment)
                let large = Garbage("20 MB", [UInt8](repeating: 65, count: 20 << 20), "too-large")
                try await host.publish(large)
                try await host.publish(Self.good(0), to: "cache.jobs", routingKey: "invalidate")
                try await deployment.gone("good:0")
                try await eventually("the letter is written") {
                    try await host.depth(of: "cache.dead")?.ready == 1
                }
                try await worker.logged("job is dead") { $0.fields["reason"] == "too-large" }
                let letter = try #require(try await DeadLetterReader(host).take(1).first)
                #expect(letter.body == large.body)
            }
        }

        private func setUpKeys(_ deployment: Deployment) throws {
            for index in 0...100 { try deployment.probe.command("SET", "good:\(index)", "x") }
        }

        private func expectExplained(_ letter: [String: [UInt8]], _ name: String) {
            #expect(Self.text(letter, "error").count > 10, "\(name)")
            #expect(Self.text(letter, "origin").contains("{cw}:jobs:invalidate"), "\(name)")
            #expect(Self.text(letter, "attempts") == "1", "\(name)")
            #expect(Self.text(letter, "failedAt").hasSuffix("Z"), "\(name)")
        }

        private static func good(_ number: Int) -> String {
            #"{"type":"cache.invalidate","data":{"keys":["good:\#(number)"]}}"#
        }

        private static func text(_ letter: [String: [UInt8]], _ field: String) -> String {
            String(decoding: letter[field] ?? [], as: UTF8.self)
        }
    }
}
