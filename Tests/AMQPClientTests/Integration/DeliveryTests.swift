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
                try await consumer.waitUntilSetUp(within: .seconds(60))
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

    @Test func `a large body in many frames arrives whole, and one over the limit is skipped`()
        async throws
    {
        try await withVirtualHost { host in
            let harness = try AMQPHarness(url: host.url) { $0.maxBodyBytes = 6_000_000 }
            let consumer = harness.consumer()
            let publisher = harness.publisher()
            let large = (0..<5_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
            try await running(consumer) {
                try await running(publisher) {
                    for body in [large, [1, 2, 3], large + large, [4]] {
                        try await publisher.publish(
                            AMQPMessage(to: "jobs", routingKey: "first", body: body[...])
                        )
                    }
                    let taken = try await consumer.take(4)
                    #expect(taken.map { Array($0.body) } == [large, [1, 2, 3], [], [4]])
                    #expect(taken.map(\.isOversized) == [false, false, true, false])
                    #expect(taken[2].bodyByteCount == 10_000_000)
                    #expect(await consumer.acknowledge(taken.map(\.id)).sentCount == 4)
                }
            }
        }
    }

    @Test func `what is handed back is delivered again or goes to the dead letters`() async throws {
        try await withVirtualHost { host in
            let topology = AMQPTopology(
                exchanges: [AMQPExchange("dead", .fanout)],
                queues: [
                    .quorum("work", arguments: ["x-dead-letter-exchange": "dead"]),
                    AMQPQueue("graveyard"),
                ],
                bindings: [AMQPBinding(of: .queue("graveyard"), to: "dead")]
            )
            let harness = try AMQPHarness(url: host.url)
            let consumer = harness.consumer(["work"], topology: topology)
            try await running(consumer) {
                try await consumer.waitUntilSetUp(within: .seconds(60))
                for text in ["a", "b"] { try await host.publish(text, to: "", routingKey: "work") }
                let first = try await consumer.take(2)
                let back = [first[0].id]
                #expect(await consumer.reject(back, isRequeued: true).sentCount == 1)
                #expect(await consumer.reject([first[1].id], isRequeued: false).sentCount == 1)
                #expect(await consumer.reject(back, isRequeued: true).staleCount == 1)
                let again = try await consumer.take(1)
                #expect(again.map(\.text) == ["a"])
                #expect(again.map(\.isRedelivered) == [true])
                let headers = try again[0].properties().headers
                #expect(headers["x-delivery-count"] == 1)
                try await eventually("the other one is dead") {
                    try await host.get("graveyard") == "b"
                }
            }
        }
    }

    @Test func `draining hands over what has come, then ends, and what is settled stays settled`()
        async throws
    {
        try await withVirtualHost { host in
            let harness = try AMQPHarness(url: host.url) { $0.maxBatchCount = 10 }
            let consumer = harness.consumer(prefetch: 50)
            let publisher = harness.publisher()
            try await running(publisher) {
                try await publisher.publish(messages(0..<80, to: "first"))
            }
            try await running(consumer) {
                let first = try #require(await consumer.nextBatch())
                await consumer.drain()
                var taken = Array(first)
                while let batch = await consumer.nextBatch() { taken += batch }
                #expect(taken.map(\.text) == (0..<50).map { "\($0)" })
                #expect(await consumer.acknowledge(taken.map(\.id)).sentCount == 50)
                try await eventually("the rest is untouched") {
                    try await host.depth(of: "first")
                        == QueueDepth(ready: 30, unacknowledged: 0, consumers: 0)
                }
                await consumer.drain()
                #expect(await consumer.nextBatch() == nil)
            }
        }
    }

    @Test func `stopping gives back what no batch holds`() async throws {
        try await withVirtualHost { host in
            let harness = try AMQPHarness(url: host.url) { $0.maxBatchCount = 10 }
            let consumer = harness.consumer(prefetch: 50)
            let publisher = harness.publisher()
            try await running(publisher) {
                try await publisher.publish(messages(0..<80, to: "first"))
            }
            try await running(consumer) {
                let held = try #require(await consumer.nextBatch())
                try await eventually("the prefetch is used up") {
                    try await host.depth(of: "first")?.unacknowledged == 50
                }
                await consumer.stop()
                #expect(await consumer.nextBatch() == nil)
                try await eventually("only what a batch holds is out") {
                    let depth = try await host.depth(of: "first")
                    return depth?.unacknowledged == held.count && depth?.ready == 80 - held.count
                }
                #expect(await consumer.acknowledge(held).sentCount == held.count)
            }
        }
    }

    @Test func `stopping gives back also what was not read yet, since nobody took the rest`()
        async throws
    {
        try await withVirtualHost { host in
            let harness = try AMQPHarness(url: host.url) { $0.maxBufferedBytes = 500_000 }
            let consumer = harness.consumer(prefetch: 100)
            let publisher = harness.publisher()
            let body = [UInt8](repeating: 7, count: 200_000)
            try await running(publisher) {
                for _ in 0..<60 {
                    let message = AMQPMessage(to: "jobs", routingKey: "first.x", body: body[...])
                    try await publisher.publish(message)
                }
            }
            try await running(consumer) {
                try await eventually("the prefetch is used up") {
                    try await host.depth(of: "first")?.unacknowledged == 60
                }
                await consumer.stop()
                #expect(await consumer.handedBackCount == 60)
                try await eventually("all wait in the broker again") {
                    try await host.depth(of: "first")?.ready == 60
                }
            }
        }
    }

    @Test func `acknowledgements are not lost behind what a stop gives back`() async throws {
        try await withVirtualHost { host in
            let harness = try AMQPHarness(url: host.url) { $0.maxBatchCount = 20 }
            let consumer = harness.consumer(prefetch: 200)
            let publisher = harness.publisher()
            try await running(publisher) {
                try await publisher.publish(messages(0..<200, to: "first"))
            }
            try await running(consumer) {
                let held = try #require(await consumer.nextBatch())
                try await eventually("all are delivered") {
                    try await host.depth(of: "first")?.unacknowledged == 200
                }
                await consumer.stop()
                #expect(await consumer.acknowledge(held).sentCount == held.count)
                await consumer.close()
                try await eventually("the broker has heard of the end") {
                    try await host.depth(of: "first")?.unacknowledged == 0
                }
                #expect(try await host.depth(of: "first")?.ready == 200 - held.count)
            }
        }
    }

    @Test func `waiting for deliveries ends when the task is cancelled or the consumer closed`()
        async throws
    {
        try await withVirtualHost { host in
            let consumer = try AMQPHarness(url: host.url).consumer()
            try await running(consumer) {
                try await consumer.waitUntilSetUp(within: .seconds(60))
                let waiting = Task { await consumer.nextBatch() == nil }
                waiting.cancel()
                #expect(await waiting.value)
                let other = Task { await consumer.nextBatch() == nil }
                await consumer.close()
                await consumer.close()
                #expect(await other.value)
            }
            #expect(await consumer.nextBatch() == nil)
        }
    }
}
