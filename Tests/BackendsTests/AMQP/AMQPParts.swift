import AMQPClient
import Backends
import EventLoop
import Jobs
import TestSupport

/// The parts of one node over a virtual host of its own, as the program puts them together.
struct AMQPParts: Sendable {
    let publisher: AMQPPublisher
    let letters: DeadLetterReader
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
        letters = DeadLetterReader(
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
        let inspector = AMQPInspector(
            configuration,
            dependencies: AMQPDependencies(loop: loop)
        )
        return AMQPSource(
            consumer: consumer,
            publisher: publisher,
            inspector: inspector,
            topology: topology
        )
    }

    /// The source of a lane.
    func source(of lane: Lane, intake: Intake = Intake()) -> any JobSource {
        var configuration = configuration
        configuration.maxBatchCount = lane.isBatched ? 256 : 1
        let consumer = AMQPConsumer(
            configuration,
            topology: topology.declarations,
            subscriptions: lane.kinds.map {
                AMQPSubscription(to: topology.queue(of: $0), prefetch: lane.isBatched ? 512 : 1)
            },
            dependencies: AMQPDependencies(loop: loop)
        )
        return AMQPSource(
            consumer: consumer,
            publisher: publisher,
            topology: topology,
            intake: intake,
            sharesConnections: true
        )
    }

    /// The dead letters, for a node that has these names.
    func deadLetters(_ topology: JobTopology = JobTopology()) -> AMQPDeadLetters {
        AMQPDeadLetters(
            configuration,
            topology: topology,
            dependencies: AMQPDependencies(loop: loop)
        )
    }

    /// Publishes until the broker takes it: a queue just declared may refuse for a moment.
    func publish(_ message: AMQPMessage) async throws {
        try await eventually("the broker has taken the message") {
            do throws(AMQPError) {
                try await publisher.publish(message)
                return true
            } catch {
                guard error.code == .nacked else { throw error }
                return false
            }
        }
    }
}
