import AMQPClient
import Synchronization

/// What has come to the dead letters; they are read and never acknowledged.
final class DeadLetterReader: Sendable {
    private let consumer: AMQPConsumer
    private let letters = Mutex<[Letter]>([])

    /// A message as it stands there.
    struct Letter: Sendable {
        let body: [UInt8]
        let properties: AMQPProperties

        func header(_ name: String) -> String? {
            if case .string(let text) = properties.headers[name] { text } else { nil }
        }
    }

    init(_ consumer: AMQPConsumer) { self.consumer = consumer }

    var all: [Letter] { letters.withLock { $0 } }

    func run() async { await consumer.run() }

    func collect() async {
        while let batch = await consumer.nextBatch() {
            let found = batch.map { delivery in
                Letter(
                    body: Array(delivery.body),
                    properties: (try? delivery.properties()) ?? AMQPProperties()
                )
            }
            letters.withLock { $0 += found }
        }
    }
}
