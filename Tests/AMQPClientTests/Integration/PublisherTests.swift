import AMQPClient
import TestSupport
import Testing

@Suite struct PublisherTests {
    @Test func `a message no queue takes is unroutable, and its neighbours are confirmed`()
        async throws
    {
        try await withVirtualHost { host in
            let publisher = try AMQPHarness(url: host.url).publisher()
            try await running(publisher) {
                var list = messages(0..<5, to: "first")
                list[1].routingKey = "nowhere"
                list[3].routingKey = "nowhere"
                let error = await #expect(throws: AMQPPublishError.self) {
                    try await publisher.publish(list)
                }
                #expect(error?.failures.map(\.index) == [1, 3])
                #expect(error?.failures.map(\.error.code) == [.unroutable, .unroutable])
                #expect(error?.failures.first?.error.isOutcomeUnknown == false)
                #expect(error?.failures.first?.error.message.contains("'nowhere'") == true)
                try await eventually("the others are queued") {
                    try await host.depth(of: "first")?.ready == 3
                }
                list[1].isMandatory = false
                try await publisher.publish(list[1])
            }
        }
    }

    @Test func `an exchange that does not exist fails its message and not the next one`()
        async throws
    {
        try await withVirtualHost { host in
            let harness = try AMQPHarness(url: host.url)
            let publisher = harness.publisher()
            try await running(publisher) {
                let error = await #expect(throws: AMQPError.self) {
                    try await publisher.publish(messages(0..<1, to: "first", exchange: "none")[0])
                }
                #expect(error?.code == .notFound)
                #expect(error?.isOutcomeUnknown == true)
                try await publisher.publish(messages(0..<10, to: "first"))
                #expect(await publisher.status.connectionCount == 1)
            }
        }
    }

    @Test func `a full queue refuses a message`() async throws {
        try await withVirtualHost { host in
            let full = AMQPTopology(queues: [
                AMQPQueue("full", arguments: ["x-max-length": 1, "x-overflow": "reject-publish"])
            ])
            let publisher = try AMQPHarness(url: host.url).publisher(topology: full)
            try await running(publisher) {
                let error = await #expect(throws: AMQPPublishError.self) {
                    try await publisher.publish(messages(0..<10, to: "full", exchange: ""))
                }
                #expect(error?.failures.allSatisfy { $0.error.code == .nacked } == true)
                #expect(error?.isRetriable == true)
            }
        }
    }

    @Test func `far more messages than may wait for confirms are confirmed in their turn`()
        async throws
    {
        try await withVirtualHost { host in
            let harness = try AMQPHarness(url: host.url) { $0.maxUnconfirmed = 16 }
            let publisher = harness.publisher()
            try await running(publisher) {
                try await withThrowingTaskGroup { group in
                    for part in 0..<10 {
                        group.addTask {
                            try await publisher.publish(
                                messages(part * 100..<part * 100 + 100, to: "first")
                            )
                        }
                    }
                    try await group.waitForAll()
                }
                try await eventually("all are queued") {
                    try await host.depth(of: "first")?.ready == 1_000
                }
            }
        }
    }

    @Test func `what cannot be encoded fails before anything of it is sent`() async throws {
        try await withVirtualHost { host in
            let publisher = try AMQPHarness(url: host.url).publisher()
            try await running(publisher) {
                var list = messages(0..<3, to: "first")
                list[1].routingKey = String(repeating: "k", count: 256)
                let error = await #expect(throws: AMQPPublishError.self) {
                    try await publisher.publish(list)
                }
                #expect(error?.failures.map(\.index) == [1])
                #expect(error?.failures.map(\.error.code) == [.configuration])
            }
        }
    }

    @Test func `a publisher that is closed, or not running, fails in time and sends nothing`()
        async throws
    {
        try await withVirtualHost { host in
            let harness = try AMQPHarness(url: host.url) { $0.publishTimeout = .milliseconds(50) }
            let publisher = harness.publisher()
            let idle = await #expect(throws: AMQPError.self) {
                try await publisher.publish(messages(0..<1, to: "first")[0])
            }
            #expect(idle?.code == .timedOut)
            #expect(idle?.isOutcomeUnknown == false)
            await publisher.close()
            await publisher.close()
            let closed = await #expect(throws: AMQPError.self) {
                try await publisher.publish(messages(0..<1, to: "first")[0])
            }
            #expect(closed?.code == .closedLocally)
            await publisher.run()
        }
    }
}
