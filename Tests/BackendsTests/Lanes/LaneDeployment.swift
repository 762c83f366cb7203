import AMQPClient
import Backends
import EventLoop
import Jobs
import Telemetry
import TestSupport

/// A transport under test, and one node with its lanes.
struct LaneDeployment: Sendable {
    enum Transport: String, CaseIterable, Sendable {
        case stream
        case amqp
    }

    /// So many events are published at once.
    private static let publishCount = 1_000
    /// The lanes that the program has unless it is told otherwise, with one job at a time.
    private static let lanes = Lane.all(concurrency: { _ in 1 }, rate: { _ in nil })

    let publisher: any JobPublisher
    let sources: [any JobSource]

    /// Adds events, in their order.
    func publish(_ jobs: [Job]) async throws {
        for start in stride(from: 0, to: jobs.count, by: Self.publishCount) {
            let part = jobs[start..<min(start + Self.publishCount, jobs.count)]
            try await publisher.publish(part.map { Event(job: $0) })
        }
    }

    /// Lets a worker for each lane work while `body` runs, then drains.
    func working(_ handler: some JobHandler, _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for source in sources {
                let worker = Worker(
                    source: source,
                    handler: handler,
                    isolation: Isolation(ledger: InMemorySuspectLedger()),
                    logger: Logger(SilentLog()),
                    giveUp: {}
                )
                group.addTask { await worker.run() }
            }
            do {
                try await body()
            } catch {
                group.cancelAll()
                throw error
            }
            for source in sources { await source.stop() }
            try await group.waitForAll()
        }
    }

    /// One with nothing in its queues.
    static func run(
        on transport: Transport,
        _ body: (LaneDeployment) async throws -> Void
    ) async throws {
        switch transport {
        case .stream:
            try await withRedis { server in
                let parts = try RedisParts(server)
                try await body(
                    LaneDeployment(
                        publisher: StreamPublisher(connection: parts.connection, keys: parts.keys),
                        sources: lanes.map { parts.source(of: $0) }
                    )
                )
            }
        case .amqp:
            try await withVirtualHost { host in
                let parts = try AMQPParts(host, try EventLoop(name: "amqp"))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await parts.publisher.run() }
                    defer { group.cancelAll() }
                    try await parts.publisher.waitUntilSetUp(within: .seconds(60))
                    try await body(
                        LaneDeployment(
                            publisher: AMQPJobPublisher(
                                publisher: parts.publisher,
                                topology: JobTopology()
                            ),
                            sources: lanes.map { parts.source(of: $0) }
                        )
                    )
                }
            }
        }
    }
}
