import AMQPClient
import EventLoop
import Synchronization
import Telemetry
import TestSupport
import Testing

@Suite struct ReconnectTests {
    @Test func `closed connections come back with consumers and prefetch, and late acks are stale`()
        async throws
    {
        try await withVirtualHost { host in
            let harness = try AMQPHarness(url: host.url)
            let consumer = harness.consumer(prefetch: 3)
            let publisher = harness.publisher()
            try await running(consumer) {
                try await running(publisher) {
                    try await publisher.publish(messages(0..<10, to: "first"))
                    let before = try await consumer.take(3)
                    try await host.closeConnections()
                    let error = try await harness.events.first("the loss is told") { event in
                        if case .disconnected(let error) = event { error } else { nil }
                    }
                    #expect(error.code == .connectionForced)
                    let again = try await consumer.take(3)
                    #expect(again.map(\.text) == before.map(\.text))
                    #expect(again.map(\.isRedelivered) == [true, true, true])
                    // The broker sends no more than the prefetch before something is settled.
                    #expect(
                        try await host.depth(of: "first")
                            == QueueDepth(ready: 7, unacknowledged: 3, consumers: 1)
                    )
                    let stale = await consumer.acknowledge(before.map(\.id))
                    #expect(stale.staleCount == 3)
                    #expect(stale.sentCount == 0)
                    #expect(await consumer.acknowledge(again.map(\.id)).sentCount == 3)
                    #expect(await consumer.acknowledge(again.map(\.id)).staleCount == 3)
                    let rest = try await consumer.take(3)
                    #expect(rest.map(\.text) == ["3", "4", "5"])
                    try await publisher.publish(messages(10..<11, to: "second"))
                    #expect(await consumer.status.connectionCount == 2)
                }
            }
        }
    }

    @Test func `a broker that crashed is found again, and confirmed messages are there`()
        async throws
    {
        try await withRabbitMQ { server in
            let host = try await server.makeVirtualHost()
            let harness = try AMQPHarness(url: host.url)
            let durable = AMQPTopology(
                exchanges: [AMQPExchange("jobs", .topic)],
                queues: [AMQPQueue("classic")],
                bindings: [AMQPBinding(of: .queue("classic"), to: "jobs", routingKey: "#")]
            )
            let publisher = harness.publisher(topology: durable)
            try await running(publisher) {
                try await publisher.publish(messages(0..<100, to: "x"))
            }
            let consumer = harness.consumer(["classic"], topology: durable, prefetch: 40)
            try await running(consumer) {
                #expect(try await consumer.take(40).count >= 40)
                await server.kill()
                _ = try await harness.events.first("an attempt is refused") { event in
                    event.isRefusal ? true : nil
                }
                try await server.restart()
                var texts: Set<String> = []
                while texts.count < 100, let batch = await consumer.nextBatch() {
                    texts.formUnion(batch.map(\.text))
                    await consumer.acknowledge(batch)
                }
                #expect(texts == Set((0..<100).map { "\($0)" }))
            }
        }
    }

    @Test func `a stopped broker is found out by its heartbeats, and publishing ends in time`()
        async throws
    {
        try await withRabbitMQ { server in
            let host = try await server.makeVirtualHost()
            let harness = try AMQPHarness(url: host.url + "?heartbeat=2") {
                $0.publishTimeout = .seconds(1)
            }
            let consumer = harness.consumer()
            let publisher = harness.publisher()
            try await running(consumer) {
                try await running(publisher) {
                    try await consumer.waitUntilSetUp(within: .seconds(60))
                    try await publisher.waitUntilSetUp(within: .seconds(60))
                    let before = harness.events.events.count
                    let paused = ContinuousClock.now
                    server.pause()
                    defer { server.resume() }
                    let error = await #expect(throws: AMQPError.self) {
                        try await publisher.publish(messages(0..<1, to: "first")[0])
                    }
                    #expect(error?.code == .timedOut)
                    #expect(error?.isOutcomeUnknown == true)
                    let loss = try await harness.events.first("silence is noticed", after: before) {
                        if case .disconnected(let error) = $0 { error } else { nil }
                    }
                    #expect(loss.code == .heartbeatsMissed)
                    // Not before two intervals since the last byte, which came after the pause
                    // began at the earliest half an interval ago.
                    #expect(paused.duration(to: .now) >= .seconds(2))
                    server.resume()
                    _ = try await harness.events.first("both are back", after: before) {
                        if case .connected(let count) = $0, count == 2 { true } else { nil }
                    }
                    try await eventually("publishing works again") {
                        (try? await publisher.publish(messages(0..<1, to: "first")[0])) != nil
                    }
                }
            }
        }
    }

    @Test func `a wrong password is an authentication error, tried again slowly`() async throws {
        try await withVirtualHost { host in
            let harness = try AMQPHarness(url: host.url) { $0.password = "wrong" }
            let pauses = Mutex(0)
            var dependencies = harness.dependencies
            let cap = Duration.milliseconds(300)
            dependencies.backoff = ReconnectBackoff(
                base: .milliseconds(1),
                hopelessCap: cap
            ) {
                pauses.withLock { $0 += 1 }
                return 0
            }
            let began = ContinuousClock.now
            let consumer = AMQPConsumer(
                harness.configuration,
                subscriptions: [],
                dependencies: dependencies
            )
            try await running(consumer) {
                let error = await #expect(throws: AMQPError.self) {
                    try await consumer.waitUntilSetUp(within: .seconds(60))
                }
                #expect(error?.code == .authentication)
                #expect(error?.message.contains("wrong") == false)
                try await eventually("three attempts were made") {
                    pauses.withLock { $0 } >= 3
                }
                // Two of the waits are over, and each was the slow one: half the cap at least.
                #expect(began.duration(to: .now) >= cap)
                #expect(await consumer.status.connectionCount == 0)
            }
        }
    }

    @Test func `an alarm makes publishers wait and tell why, and consumers go on`() async throws {
        try await withRabbitMQ { server in
            let host = try await server.makeVirtualHost()
            let harness = try AMQPHarness(url: host.url) { $0.publishTimeout = .seconds(2) }
            let consumer = harness.consumer()
            let publisher = harness.publisher()
            try await running(consumer) {
                try await running(publisher) {
                    try await publisher.publish(messages(0..<10, to: "first"))
                    let taken = try await consumer.take(10)
                    try await server.setMemoryAlarm(true)
                    // The broker tells a connection only once it publishes.
                    _ = try? await publisher.publish(messages(10..<11, to: "first")[0])
                    _ = try await harness.events.first("the alarm is told") { event in
                        if case .blocked = event { true } else { nil }
                    }
                    let error = await #expect(throws: AMQPError.self) {
                        try await publisher.publish(messages(11..<12, to: "first")[0])
                    }
                    #expect(error?.code == .blocked)
                    #expect(error?.isOutcomeUnknown == false)
                    #expect(await publisher.status.blockedReason != nil)
                    await consumer.acknowledge(taken.map(\.id))
                    try await eventually("acknowledgements are read during the alarm") {
                        try await host.depth(of: "first")?.unacknowledged ?? 10 <= 1
                    }
                    async let waiting: Void = publisher.publish(messages(12..<13, to: "first"))
                    try await server.setMemoryAlarm(false)
                    try await waiting
                    #expect(harness.events.events.contains(.unblocked))
                }
            }
        }
    }
}

extension AMQPEvent {
    /// Whether nobody listened.
    fileprivate var isRefusal: Bool {
        if case .disconnected(let error) = self {
            error.code == .connection(.refused)
        } else {
            false
        }
    }
}
