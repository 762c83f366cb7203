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
    /// The broker sends ahead by itself.
    public let isReadAhead = false
    let consumer: AMQPConsumer
    let inspector: AMQPInspector?
    let topology: JobTopology
    let ages: QueueAges
    private let publisher: AMQPPublisher
    private let intake: Intake
    private let sharesConnections: Bool
    private let clock: any Clock<Duration>
    private let moves: JobMoves

    /// A source over two connections, which `run` keeps; over a third one it looks at its queues.
    ///
    /// Without an inspector nobody knows what waits. Several sources may share a publisher and an
    /// inspector, which somebody else keeps then: `sharesConnections` is true.
    public init(
        consumer: AMQPConsumer,
        publisher: AMQPPublisher,
        inspector: AMQPInspector? = nil,
        topology: JobTopology,
        intake: Intake = Intake(),
        sharesConnections: Bool = false,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.consumer = consumer
        self.publisher = publisher
        self.inspector = inspector
        ages = QueueAges(queueCount: consumer.queues.count)
        self.topology = topology
        self.intake = intake
        self.sharesConnections = sharesConnections
        self.clock = clock
        moves = JobMoves(clock: clock)
    }

    /// Keeps its connections until `close`, or until the task is cancelled.
    public func run() async {
        await withDiscardingTaskGroup { group in
            group.addTask { await consumer.run() }
            group.addTask { await moves.run(store) }
            guard !sharesConnections else { return }
            group.addTask { await publisher.run() }
            group.addTask { await inspector?.run() }
        }
    }

    /// What has been delivered.
    public func nextBatch() async throws(SourceError) -> DeliveryBatch? {
        guard await intake.admit() != nil, let batch = await consumer.nextBatch() else {
            return nil
        }
        intake.took(jobs: batch.count, bytes: batch.byteCount)
        ages.took(batch, at: .now) { .now() }
        return DeliveryBatch(
            batch.map(Delivery.init),
            redeliveredCount: batch.redeliveredCount
        ) {
            [self] (outcomes) throws(SourceError) in
            try await settle(batch, outcomes)
        }
    }

    /// The broker sends no more, and what it has sent and no batch holds goes back to its queue.
    public func stop() async {
        intake.stop()
        await consumer.stop()
    }

    /// What the broker had sent ahead.
    public var handedBackCount: Int { get async { await consumer.handedBackCount } }

    /// Ends the connections it keeps.
    public func close() async {
        moves.finish()
        await consumer.close()
        guard !sharesConnections else { return }
        await publisher.close()
        await inspector?.close()
    }

    /// Acknowledges what is done at once, and the rest when it is stored elsewhere.
    private func settle(_ batch: AMQPBatch, _ outcomes: [Outcome]) async throws(SourceError) {
        guard outcomes.contains(where: { $0 != .done }) else {
            defer { intake.settled(jobs: batch.count, bytes: batch.byteCount) }
            await consumer.acknowledge(batch)
            return
        }
        var done: [AMQPDeliveryID] = []
        var oversized: [AMQPDeliveryID] = []
        var handedBack: [AMQPDeliveryID] = []
        var moved: [AMQPDeliveryID] = []
        var messages: [AMQPMessage] = []
        for (delivery, outcome) in zip(batch, outcomes) {
            switch outcome {
            case .done, .expired, .superseded, .duplicate: done.append(delivery.id)
            case .handedBack: handedBack.append(delivery.id)
            case .deadLetter where delivery.isOversized: oversized.append(delivery.id)
            case .retry(let pause, _):
                moved.append(delivery.id)
                let failedAt = delivery.firstFailedAt ?? .now()
                messages.append(
                    waiting(
                        delivery,
                        [
                            "attempt": .integer(Int64(delivery.attempt + 1)),
                            "firstFailedAt": .string(failedAt.text),
                        ],
                        pause
                    )
                )
            case .pause(let pause):
                moved.append(delivery.id)
                messages.append(waiting(delivery, [:], pause))
            case .snooze(let time):
                let pause = WallTime.now().duration(to: time)
                moved.append(delivery.id)
                messages.append(waiting(delivery, [:], pause))
            case .deadLetter(let cause):
                moved.append(delivery.id)
                messages.append(deadLetter(delivery, cause))
            }
        }
        await consumer.acknowledge(done)
        await consumer.reject(handedBack, isRequeued: true)
        // A body that was too large to be taken goes the broker's own way to the dead letters.
        await consumer.reject(oversized, isRequeued: false)
        let movedBytes = messages.reduce(0) { $0 + $1.body.count }
        intake.settled(jobs: batch.count - moved.count, bytes: batch.byteCount - movedBytes)
        guard !moved.isEmpty else { return }
        try await moves.begin(JobMoves.Move(messages, of: moved, byteCount: movedBytes))
    }

    /// Publishes, however often it takes, and acknowledges then: a job that cannot be stored
    /// elsewhere stays where it is.
    private func store(_ move: JobMoves.Move) async throws(SourceError) {
        defer { intake.carried(jobs: move.deliveries.count, bytes: move.byteCount) }
        try await publisher.publish(move.messages, tries: .max, clock: clock) {
            $0.code == .closedLocally
        }
        await consumer.acknowledge(move.deliveries)
    }

    /// The job on its way to wait in the broker.
    private func waiting(
        _ delivery: AMQPDelivery,
        _ headers: AMQPTable,
        _ pause: Duration
    ) -> AMQPMessage {
        var message = delivery.message(to: topology.retry(.first(of: pause)), with: headers)
        // How it came here this time is no part of the job.
        for name in message.properties.headers.keys where Self.isHistory(name) {
            message.properties.headers[name] = nil
        }
        return message
    }

    /// Whether the broker wrote the header about what has become of the message.
    private static func isHistory(_ header: String) -> Bool {
        header.hasPrefix("x-death") || header.hasPrefix("x-first-death")
            || header.hasPrefix("x-last-death") || header == "x-delivery-count"
    }

    private func deadLetter(_ delivery: AMQPDelivery, _ cause: DeadLetterCause) -> AMQPMessage {
        delivery.message(
            to: topology.deadLetters,
            with: [
                "reason": .string(cause.reason),
                "error": .string(cause.error),
                "origin": .string("\(delivery.exchange) \(delivery.routingKey)"),
                "attempts": .integer(Int64(delivery.attempt) + delivery.redeliveryCount),
                "failedAt": .string(Timestamp.now()),
            ]
        )
    }
}

extension Delivery {
    init(_ delivery: AMQPDelivery) {
        self.init(
            body: delivery.body,
            contentType: delivery.contentType,
            headers: delivery.hasHeaders ? delivery.textHeaders : [],
            attempt: delivery.hasHeaders ? delivery.attempt : 1,
            firstFailedAt: delivery.hasHeaders ? delivery.firstFailedAt : nil,
            isSuspect: delivery.isRedelivered,
            fault: delivery.isOversized
                ? EventError(
                    .tooLarge,
                    path: "$",
                    message: "the body has \(delivery.bodyByteCount) bytes and was not read"
                ) : nil
        )
    }
}

extension AMQPDelivery {
    /// Which attempt this is: a job that comes again says so.
    fileprivate var attempt: Int { Int(number("attempt") ?? 1) }

    /// When its first attempt failed: a job that comes again after a failure says so.
    fileprivate var firstFailedAt: WallTime? {
        guard hasHeaders, case .string(let text)? = try? properties().headers["firstFailedAt"]
        else { return nil }
        return WallTime(text)
    }

    /// How often the broker has delivered it before, other than as an attempt.
    fileprivate var redeliveryCount: Int64 { number("x-delivery-count") ?? 0 }

    private func number(_ header: String) -> Int64? {
        guard hasHeaders, let properties = try? properties(),
            case .integer(let number) = properties.headers[header]
        else { return nil }
        return number
    }

    /// The same job on its way to another exchange, with its own routing key.
    fileprivate func message(to exchange: String, with headers: AMQPTable) -> AMQPMessage {
        // Headers that cannot be read cannot be kept; the body is.
        var properties = (try? properties()) ?? AMQPProperties()
        properties.isPersistent = true
        // The broker refuses another user's name, and an expiration would let the job go.
        properties.userID = nil
        properties.expirationMilliseconds = nil
        properties.messageID = nil
        properties.headers.merge(headers) { $1 }
        return AMQPMessage(
            to: exchange,
            routingKey: routingKey,
            body: body,
            properties: properties
        )
    }

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
