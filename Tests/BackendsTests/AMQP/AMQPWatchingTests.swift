import AMQPClient
import Backends
import EventLoop
import Jobs
import Synchronization
import Telemetry
import TestSupport
import Testing

/// What a source over RabbitMQ knows of its queues, and what becomes of it when none come.
@Suite struct AMQPWatchingTests {
    /// Runs `body` with a source that consumes from its queues.
    private func running(
        _ body: (any JobSource, AMQPParts, VirtualHost) async throws -> Void
    ) async throws {
        try await withVirtualHost { host in
            let parts = try AMQPParts(host, try EventLoop(name: "amqp"))
            let source = parts.source(batchSize: 16)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await parts.publisher.run() }
                group.addTask { await source.run() }
                try await eventually("all queues are consumed and can be asked about") {
                    await source.flows().count == JobKinds.all.count
                }
                try await body(source, parts, host)
                await source.close()
                group.cancelAll()
            }
        }
    }

    private func publish(
        _ parts: AMQPParts,
        time: String? = nil,
        timestamp: UInt64? = nil
    )
        async throws
    {
        let time = time.map { #","time":"\#($0)""# } ?? ""
        let event = #"{"type":"cache.invalidate"\#(time),"data":{"keys":["k"]}}"#
        var properties = AMQPProperties(contentType: "application/cloudevents+json")
        properties.timestamp = timestamp
        try await parts.publish(
            AMQPMessage(
                to: "cache.jobs",
                routingKey: "invalidate",
                body: Array(event.utf8)[...],
                properties: properties
            )
        )
    }

    private func batch(_ source: any JobSource) async throws -> DeliveryBatch {
        guard let batch = try await source.nextBatch() else {
            throw SourceError("the source has ended")
        }
        return batch
    }

    @Test func `a backlog is what waits, what is held, and the age of what was taken last`()
        async throws
    {
        try await running { source, parts, _ in
            let none = JobKinds.all.map {
                Backlog(queue: $0, waiting: 0, unsettled: 0, oldestAge: .zero)
            }
            #expect(try await source.backlogs() == none)
            let hourAgo = WallTime.now() + .seconds(-3_600)
            try await publish(parts, time: hourAgo.text)
            let held = try await batch(source)
            let old = try await source.backlogs()[0]
            #expect(old.waiting == 0 && old.unsettled == 1)
            #expect((.seconds(3_599)...(.seconds(3_700))).contains(try #require(old.oldestAge)))
            try await held.settle([.done])
            #expect(try await source.backlogs() == none)
        }
    }

    @Test func `the age comes from the property timestamp where the event names no time`()
        async throws
    {
        try await running { source, parts, _ in
            let seconds = UInt64(WallTime.now().milliseconds / 1_000) - 600
            try await publish(parts, timestamp: seconds)
            let held = try await batch(source)
            let age = try #require(try await source.backlogs()[0].oldestAge)
            #expect((.seconds(599)...(.seconds(700))).contains(age))
            try await held.settle([.done])
        }
    }

    @Test func `the age is not known where a job says nothing of it`() async throws {
        try await running { source, parts, _ in
            try await publish(parts)
            let held = try await batch(source)
            let backlog = try await source.backlogs()[0]
            #expect(backlog.unsettled == 1 && backlog.oldestAge == nil)
            try await held.settle([.done])
        }
    }

    @Test func `jobs that wait behind a full consumer are counted`() async throws {
        try await running { source, parts, host in
            try await host.forgetConsumers(of: "cache.invalidate")
            for _ in 0..<3 { try await publish(parts) }
            try await eventually("three jobs wait") {
                try await source.backlogs()[0].waiting == 3
            }
            let flow = try #require(await source.flows().first)
            #expect(flow.queue == "cache.invalidate" && flow.hasWork && flow.hasCredit)
            #expect(flow.progress.jobs == 0)
        }
    }

    @Test func `a consumer that the broker has forgotten is made anew by itself`() async throws {
        try await running { source, parts, host in
            let events = Mutex<[StallEvent]>([])
            let watchdog = Watchdog(
                over: [source],
                timeout: .milliseconds(600),
                logger: Logger(SilentLog()),
                tell: { event in events.withLock { $0.append(event) } }
            )
            try await host.forgetConsumers(of: "cache.invalidate")
            try await publish(parts)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await watchdog.run() }
                let batch = try await batch(source)
                #expect(batch.deliveries.count == 1)
                try await batch.settle([.done])
                try await eventually("the end of the stall is told") {
                    events.withLock { $0.count } >= 2
                }
                group.cancelAll()
            }
            let queue = "cache.invalidate"
            #expect(
                events.withLock { $0 } == [
                    .stalled(source: "amqp", queue: queue, .consumer),
                    .recovered(source: "amqp", queue: queue),
                ]
            )
        }
    }
}
