import AMQPClient
import TestSupport
import Testing

@Suite struct DeliveryTests {
    @Test func `a message from a foreign client arrives whole, and is gone once acknowledged`()
        async throws
    {
        try await withVirtualHost { host in
            let harness = try AMQPHarness(url: host.url)
            let consumer = harness.consumer()
            try await running(consumer) {
                try await consumer.waitUntilSetUp(within: .seconds(20))
                try await host.publish(
                    #"{"type":"x"}"#,
                    to: "jobs",
                    routingKey: "first.user",
                    headers: ["ce-type:x"]
                )
                let batch = try #require(await consumer.nextBatch())
                let delivery = try #require(batch.first)
                #expect(batch.count == 1)
                #expect(delivery.text == #"{"type":"x"}"#)
                #expect(delivery.exchange == "jobs")
                #expect(delivery.routingKey == "first.user")
                #expect(delivery.contentType == "application/json")
                #expect(!delivery.isRedelivered)
                #expect(delivery.hasHeaders)
                let properties = try delivery.properties()
                #expect(properties.contentType == "application/json")
                #expect(properties.isPersistent)
                #expect(properties.headers == ["ce-type": "x"])
                #expect(await consumer.acknowledge(batch).sentCount == 1)
                try await eventually("the queue is empty") {
                    try await host.depth(of: "first")
                        == QueueDepth(ready: 0, unacknowledged: 0, consumers: 1)
                }
            }
        }
    }

    @Test func `published messages arrive in order, and one acknowledgement settles a batch`()
        async throws
    {
        try await withVirtualHost { host in
            let harness = try AMQPHarness(url: host.url)
            let publisher = harness.publisher()
            let consumer = harness.consumer(prefetch: 1_000)
            try await running(publisher) {
                try await publisher.publish(messages(0..<1_000, to: "first"))
            }
            try await running(consumer) {
                let taken = try await consumer.take(1_000)
                #expect(taken.map(\.text) == (0..<1_000).map { "\($0)" })
                #expect(await consumer.acknowledge(taken.map(\.id)).sentCount == 1_000)
                try await eventually("the queue is empty") {
                    try await host.depth(of: "first")
                        == QueueDepth(ready: 0, unacknowledged: 0, consumers: 1)
                }
            }
        }
    }
}
