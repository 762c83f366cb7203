import TestSupport
import Testing

extension EndToEnd {
    /// One event by each transport, with the commands an operator types.
    @Suite("One event")
    struct OneEventTests {
        @Test("added by redis-cli takes its key away, is announced, journaled and trimmed")
        func stream() async throws {
            try await withDeployment { deployment in
                _ = try await deployment.startWorker()
                let listener = try CoherenceListener(deployment.redis)
                try deployment.probe.command("SET", "app:user:1", "Ada")
                _ = try await Command.output(
                    of: "redis-cli",
                    [
                        "-p", "\(deployment.redis.port)", "XADD", "{cw}:jobs:invalidate", "*",
                        "event",
                        #"{"type":"cache.invalidate","data":{"keys":["app:user:1"]}}"#,
                    ]
                )
                try await deployment.gone("app:user:1")
                try expectFirst(try listener.nextText(), names: ["app:user:1"], deployment)
                try await JobStream("invalidate", deployment.probe).idle(within: .seconds(5))
            }
        }

        @Test("published by amqp-publish takes its key away and leaves its queue")
        func amqp() async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                _ = try await deployment.startWorker()
                let listener = try CoherenceListener(deployment.redis)
                try deployment.probe.command("SET", "app:user:1", "Ada")
                _ = try await Command.output(
                    of: "amqp-publish",
                    [
                        "-u", host.url, "-e", "cache.jobs", "-r", "invalidate.user", "-C",
                        "application/json", "-b",
                        #"{"type":"cache.invalidate","data":{"keys":["app:user:1"]}}"#,
                    ]
                )
                try await deployment.gone("app:user:1")
                try expectFirst(try listener.nextText(), names: ["app:user:1"], deployment)
                try await host.settled("cache.invalidate", dead: 0, within: .seconds(5))
            }
        }

        @Test("in binary mode is understood with each prefix of its headers")
        func binaryMode() async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                _ = try await deployment.startWorker()
                // amqp-publish splits a header at its first colon, so cloudEvents: cannot be sent.
                for (index, prefix) in ["ce-", "ce_", "cloudEvents_"].enumerated() {
                    try deployment.probe.command("SET", "app:\(index)", "x")
                    try await host.publish(
                        #"{"keys":["app:\#(index)"]}"#,
                        to: "cache.jobs",
                        routingKey: "invalidate",
                        headers: [
                            "\(prefix)specversion: 1.0", "\(prefix)type: cache.invalidate",
                            "\(prefix)id: \(index)", "\(prefix)source: /test",
                        ]
                    )
                    try await deployment.gone("app:\(index)")
                }
            }
        }

        private func expectFirst(
            _ text: String,
            names keys: [String],
            _ deployment: Deployment
        ) throws {
            let message = try CoherenceMessage(text)
            #expect(message.s == 1)
            #expect(message.k == keys)
            #expect(try deployment.probe.command("GET", "{cw}:seq").text == "1")
            let entries = try deployment.probe.command("XRANGE", "{cw}:journal", "-", "+").elements
            #expect(entries.count == 1)
            #expect(entries.first?.elements.first?.text == "1-0")
            #expect(entries.first?.elements.last?.texts == ["m", text])
        }
    }
}
