import AMQPClient
import EventLoop
import TestSupport

/// Clients of one test and the loop they run on; everything ends with `body`.
struct AMQPHarness: Sendable {
    static let topology = AMQPTopology(
        exchanges: [AMQPExchange("jobs", .topic)],
        queues: [.quorum("first"), .quorum("second")],
        bindings: [
            AMQPBinding(of: .queue("first"), to: "jobs", routingKey: "first.#"),
            AMQPBinding(of: .queue("second"), to: "jobs", routingKey: "second.#"),
        ]
    )

    let configuration: AMQPConfiguration
    let events = EventRecorder()
    let dependencies: AMQPDependencies

    init(url: String, configure: (inout AMQPConfiguration) -> Void = { _ in }) throws {
        var configuration = try AMQPConfiguration(url: url)
        configure(&configuration)
        self.configuration = configuration
        let events = events
        dependencies = AMQPDependencies(
            loop: try EventLoop(name: "amqp-test"),
            backoff: ReconnectBackoff(
                base: .milliseconds(20),
                cap: .milliseconds(200),
                hopelessCap: .milliseconds(200)
            )
        ) {
            events.record($0)
        }
    }

    func consumer(
        _ queues: [String] = ["first"],
        topology: AMQPTopology = Self.topology,
        prefetch: UInt16 = 100
    ) -> AMQPConsumer {
        AMQPConsumer(
            configuration,
            topology: topology,
            subscriptions: queues.map { AMQPSubscription(to: $0, prefetch: prefetch) },
            dependencies: dependencies
        )
    }

    func publisher(topology: AMQPTopology = Self.topology) -> AMQPPublisher {
        AMQPPublisher(configuration, topology: topology, dependencies: dependencies)
    }
}

/// Runs a consumer beside `body` and ends it in every case.
func running<Result: Sendable>(
    _ consumer: AMQPConsumer,
    _ body: () async throws -> Result
) async throws -> Result {
    async let run: Void = consumer.run()
    do {
        let result = try await body()
        await consumer.close()
        await run
        return result
    } catch {
        await consumer.close()
        await run
        throw error
    }
}

/// Runs a publisher beside `body` and ends it in every case.
func running<Result: Sendable>(
    _ publisher: AMQPPublisher,
    _ body: () async throws -> Result
) async throws -> Result {
    async let run: Void = publisher.run()
    do {
        let result = try await body()
        await publisher.close()
        await run
        return result
    } catch {
        await publisher.close()
        await run
        throw error
    }
}

/// Messages to a routing key, with the numbers of `range` as bodies.
func messages(
    _ range: Range<Int>,
    to routingKey: String,
    exchange: String = "jobs"
) -> [AMQPMessage] {
    range.map { AMQPMessage(to: exchange, routingKey: routingKey, body: Array("\($0)".utf8)[...]) }
}

extension AMQPConsumer {
    /// Takes batches until `count` deliveries have come; the bodies, in order.
    func take(_ count: Int) async throws -> [AMQPDelivery] {
        var taken: [AMQPDelivery] = []
        while taken.count < count, let batch = await nextBatch() { taken += batch }
        return taken
    }
}

extension AMQPDelivery {
    var text: String { String(decoding: body, as: UTF8.self) }
}
