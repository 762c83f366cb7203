import AMQPClient
import EventLoop
import TestSupport

/// Takes dead letters with their headers, which amqp-get does not show.
struct DeadLetterReader {
    struct Letter: Sendable {
        let body: [UInt8]
        let headers: [String: String]
    }

    private let consumer: AMQPConsumer

    init(_ host: VirtualHost) throws {
        var configuration = try AMQPConfiguration(url: host.url)
        configuration.maxBodyBytes = 64 << 20
        consumer = AMQPConsumer(
            configuration,
            subscriptions: [AMQPSubscription(to: "cache.dead", prefetch: 100)],
            dependencies: AMQPDependencies(loop: try EventLoop(name: "dead-letters"))
        )
    }

    /// Takes so many letters, waiting for them, and acknowledges them.
    func take(_ count: Int) async throws -> [Letter] {
        async let run: Void = consumer.run()
        var letters: [Letter] = []
        while letters.count < count, let batch = await consumer.nextBatch() {
            for delivery in batch {
                let headers = try delivery.properties().headers
                letters.append(
                    Letter(body: Array(delivery.body), headers: headers.mapValues(Self.text))
                )
            }
            await consumer.acknowledge(batch)
        }
        await consumer.close()
        await run
        return letters
    }

    private static func text(_ value: AMQPValue) -> String {
        switch value {
        case .string(let text): text
        case .integer(let number): "\(number)"
        default: "\(value)"
        }
    }
}
