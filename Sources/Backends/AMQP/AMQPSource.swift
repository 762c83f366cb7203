public import AMQPClient
public import Jobs
import Telemetry

/// Jobs from the queues of a broker.
///
/// What has been delivered and not acknowledged is delivered again when the connection ends,
/// however it ends. Dead letters leave by a connection of their own: a broker under an alarm stops
/// reading from those that publish.
public struct AMQPSource: JobSource {
    /// The name in logs.
    public let name = "amqp"
    private let consumer: AMQPConsumer
    private let publisher: AMQPPublisher
    private let topology: JobTopology
    private let clock: any Clock<Duration>

    /// A source over two connections, which `run` keeps.
    public init(
        consumer: AMQPConsumer,
        publisher: AMQPPublisher,
        topology: JobTopology,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.consumer = consumer
        self.publisher = publisher
        self.topology = topology
        self.clock = clock
    }

    /// Keeps both connections until `close`, or until the task is cancelled.
    public func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await consumer.run() }
            group.addTask { await publisher.run() }
        }
    }

    /// What has been delivered.
    public func nextBatch() async throws(SourceError) -> DeliveryBatch? {
        guard let batch = await consumer.nextBatch() else { return nil }
        return DeliveryBatch(
            batch.map(Delivery.init),
            redeliveredCount: batch.redeliveredCount
        ) {
            [self] (outcomes) throws(SourceError) in
            try await settle(batch, outcomes)
        }
    }

    /// The broker sends no more, and what it has sent and no batch holds goes back to its queue.
    public func stop() async { await consumer.stop() }

    /// Ends both connections.
    public func close() async {
        await consumer.close()
        await publisher.close()
    }

    /// Acknowledges what is done at once, and dead jobs when their letter is safe.
    private func settle(_ batch: AMQPBatch, _ outcomes: [Outcome]) async throws(SourceError) {
        guard outcomes.contains(where: { $0 != .done }) else {
            await consumer.acknowledge(batch)
            return
        }
        var dead: [(delivery: AMQPDelivery, cause: DeadLetterCause)] = []
        var done: [AMQPDeliveryID] = []
        var oversized: [AMQPDeliveryID] = []
        for (delivery, outcome) in zip(batch, outcomes) {
            switch outcome {
            case .done: done.append(delivery.id)
            case .deadLetter where delivery.isOversized: oversized.append(delivery.id)
            case .deadLetter(let cause): dead.append((delivery, cause))
            }
        }
        await consumer.acknowledge(done)
        // A body that was too large to be taken goes the broker's own way to the dead letters.
        await consumer.reject(oversized, isRequeued: false)
        try await publish(dead.map { deadLetter($0.delivery, $0.cause) })
        await consumer.acknowledge(dead.map(\.delivery.id))
    }

    /// Publishes, however often it takes: a dead letter that cannot be stored keeps its job.
    private func publish(_ letters: [AMQPMessage]) async throws(SourceError) {
        var rest = letters
        var backoff = Backoff()
        while !rest.isEmpty {
            do throws(AMQPPublishError) {
                return try await publisher.publish(rest)
            } catch {
                if error.failures.contains(where: { $0.error.code == .closedLocally }) {
                    throw SourceError("dead letters not stored: \(error)")
                }
                rest = error.failures.map { rest[$0.index] }
            }
            do {
                try await clock.sleep(for: backoff.next())
            } catch {
                throw SourceError("the worker ended before its dead letters were stored")
            }
        }
    }

    private func deadLetter(_ delivery: AMQPDelivery, _ cause: DeadLetterCause) -> AMQPMessage {
        // Headers that cannot be read cannot be kept; the body is.
        var properties = (try? delivery.properties()) ?? AMQPProperties()
        var attempts: Int64 = 1
        if case .integer(let count) = properties.headers["x-delivery-count"] { attempts += count }
        properties.isPersistent = true
        // The broker refuses another user's name, and an expiration would let the letter go.
        properties.userID = nil
        properties.expirationMilliseconds = nil
        properties.messageID = nil
        properties.headers["reason"] = .string(cause.reason)
        properties.headers["error"] = .string(cause.error)
        properties.headers["origin"] = .string("\(delivery.exchange) \(delivery.routingKey)")
        properties.headers["attempts"] = .integer(attempts)
        properties.headers["failedAt"] = .string(Timestamp.now())
        return AMQPMessage(
            to: topology.deadLetters,
            routingKey: delivery.routingKey,
            body: delivery.body,
            properties: properties
        )
    }
}

extension Delivery {
    fileprivate init(_ delivery: AMQPDelivery) {
        self.init(
            body: delivery.body,
            contentType: delivery.contentType,
            headers: delivery.hasHeaders ? delivery.textHeaders : []
        )
    }
}

extension AMQPDelivery {
    /// The headers that CloudEvents attributes can be: texts.
    ///
    /// None when they are malformed: the body decides then, and what was meant as an event in
    /// binary mode is no event.
    fileprivate var textHeaders: [(name: String, value: String)] {
        guard let headers = try? properties().headers else { return [] }
        return headers.compactMap { name, value in
            guard case .string(let text) = value else { return nil }
            return (name, text)
        }
    }
}
