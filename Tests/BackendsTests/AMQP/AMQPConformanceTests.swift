import AMQPClient
import Backends
import Conformance
import EventLoop
import Jobs
import Synchronization
import TestSupport
import Testing

@Suite struct AMQPConformanceTests {
    @Test(arguments: SourceConformance.checks)
    func `the queues of a broker keep the promises of every source`(
        check: Check<JobServer>
    ) async throws {
        try await withVirtualHost { host in
            let loop = try EventLoop(name: "amqp")
            let parts = try AMQPParts(host, loop)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await parts.publisher.run() }
                group.addTask { await parts.letters.run() }
                group.addTask { await parts.letters.collect() }
                try await parts.publisher.waitUntilSetUp(within: .seconds(20))
                try await check.run(on: queue(host, parts))
                group.cancelAll()
            }
        }
    }

    private func queue(_ host: VirtualHost, _ parts: AMQPParts) -> JobServer {
        JobServer(
            publish: { body in
                try await parts.publisher.publish(
                    AMQPMessage(to: "cache.jobs", routingKey: "invalidate.test", body: body[...])
                )
            },
            source: { _, batchSize in parts.source(batchSize: batchSize) },
            deadLetters: { parts.letters.all },
            unsettledCount: {
                guard let depth = try await host.depth(of: "cache.invalidate") else { return 0 }
                return depth.ready + depth.unacknowledged
            }
        )
    }
}

/// The parts of one node over a virtual host of its own, as the program puts them together.
private struct AMQPParts: Sendable {
    let publisher: AMQPPublisher
    let letters: Letters
    private let configuration: AMQPConfiguration
    private let loop: EventLoop
    private let topology = JobTopology()

    init(_ host: VirtualHost, _ loop: EventLoop) throws {
        self.loop = loop
        configuration = try AMQPConfiguration(url: host.url)
        publisher = AMQPPublisher(
            configuration,
            topology: topology.declarations,
            dependencies: AMQPDependencies(loop: loop)
        )
        letters = Letters(
            AMQPConsumer(
                configuration,
                topology: topology.declarations,
                subscriptions: [AMQPSubscription(to: topology.deadLetters, prefetch: .max)],
                dependencies: AMQPDependencies(loop: loop)
            )
        )
    }

    func source(batchSize: Int) -> any JobSource {
        var configuration = configuration
        configuration.maxBatchCount = batchSize
        let consumer = AMQPConsumer(
            configuration,
            topology: topology.declarations,
            subscriptions: topology.queues.map { AMQPSubscription(to: $0, prefetch: 512) },
            dependencies: AMQPDependencies(loop: loop)
        )
        let publisher = AMQPPublisher(
            configuration,
            topology: topology.declarations,
            dependencies: AMQPDependencies(loop: loop)
        )
        return AMQPSource(consumer: consumer, publisher: publisher, topology: topology)
    }
}

/// What has come to the dead letters; they are read and never acknowledged.
private final class Letters: Sendable {
    private let consumer: AMQPConsumer
    private let letters = Mutex<[JobServer.DeadLetter]>([])

    init(_ consumer: AMQPConsumer) { self.consumer = consumer }

    var all: [JobServer.DeadLetter] { letters.withLock { $0 } }

    func run() async { await consumer.run() }

    func collect() async {
        while let batch = await consumer.nextBatch() {
            let found = batch.map { delivery in
                let headers = (try? delivery.properties().headers) ?? [:]
                return JobServer.DeadLetter(
                    event: Array(delivery.body),
                    cause: DeadLetterCause(
                        reason: Self.text(headers["reason"]),
                        error: Self.text(headers["error"])
                    )
                )
            }
            letters.withLock { $0 += found }
        }
    }

    private static func text(_ value: AMQPValue?) -> String {
        if case .string(let text) = value { text } else { "" }
    }
}
