import AMQPClient
import Jobs

/// A walk over the queue of the dead letters, which holds all that it has not settled.
final class AMQPDeadLetterSession: DeadLetterSession {
    /// The client reads no more while so much waits to be looked at.
    static let maxBufferedBytes = 8 << 20
    /// How long the queue may be silent though letters should come: another reader has them.
    private static let patience = Duration.seconds(2)

    private let consumer: AMQPConsumer
    private let publisher: AMQPPublisher
    private let topology: JobTopology
    private let window: Int
    private let clock: any Clock<Duration>
    /// Those that are looked for and not found yet; nil: all are.
    private var wanted: [String]?
    private var toCome: Int
    private var heldCount = 0
    /// How many letters this walk has taken out of the queue.
    private(set) var settledCount = 0
    private var generation: UInt32?
    private var page: [String: [AMQPDelivery]] = [:]
    private(set) var isComplete = true

    init(
        consumer: AMQPConsumer,
        publisher: AMQPPublisher,
        topology: JobTopology,
        extent: DeadLetterRange.Extent,
        counts: (letters: Int, window: Int),
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.consumer = consumer
        self.publisher = publisher
        self.topology = topology
        self.clock = clock
        toCome = counts.letters
        window = counts.window
        if case .named(let ids) = extent { wanted = ids }
    }

    func nextPage() async throws(DeadLetterError) -> [DeadLetter] {
        page = [:]
        while toCome > 0, wanted?.isEmpty != true {
            guard heldCount < window, let batch = await nextBatch() else {
                toCome = 0
                isComplete = false
                break
            }
            heldCount += batch.count
            let letters = try take(batch.prefix(toCome))
            toCome -= min(toCome, batch.count)
            if !letters.isEmpty { return letters }
        }
        return []
    }

    private func take(
        _ deliveries: AMQPBatch.SubSequence
    ) throws(DeadLetterError) -> [DeadLetter] {
        var letters: [DeadLetter] = []
        for delivery in deliveries {
            if generation == nil { generation = delivery.id.generation }
            guard delivery.id.generation == generation else { throw Self.lost }
            let letter = DeadLetter(delivery, topology: topology)
            if let index = wanted?.firstIndex(of: letter.id) {
                wanted?.remove(at: index)
            } else if wanted != nil {
                continue
            }
            letters.append(letter)
            page[letter.id, default: []].append(delivery)
        }
        return letters
    }

    /// Nil when nothing comes for too long.
    private func nextBatch() async -> AMQPBatch? {
        let (consumer, clock) = (consumer, clock)
        return await withTaskGroup(of: AMQPBatch?.self) { group in
            group.addTask { await consumer.nextBatch() }
            group.addTask {
                // Ends early when a batch has come.
                _ = try? await clock.sleep(for: Self.patience)
                return nil
            }
            var batch: AMQPBatch?
            for await result in group {
                batch = batch ?? result
                group.cancelAll()
            }
            return batch
        }
    }

    func requeue(_ requests: [DeadLetterRequeue]) async throws(DeadLetterError) -> [Bool] {
        var deliveries: [AMQPDelivery] = []
        var messages: [AMQPMessage] = []
        var done: [Bool] = []
        for request in requests {
            let delivery = page[request.letter.id]?.popLast()
            done.append(delivery != nil)
            guard let delivery else { continue }
            deliveries.append(delivery)
            messages.append(request.message(of: delivery, to: topology))
        }
        do throws(AMQPPublishError) {
            try await publisher.publish(messages)
        } catch {
            let failed = Set(error.failures.map(\.index))
            let stored = deliveries.indices.filter { !failed.contains($0) }
            try await acknowledge(stored.map { deliveries[$0] })
            throw DeadLetterError(
                error.isRetriable ? .unavailable : .refused,
                "\(error); those jobs are still among the dead letters"
            )
        }
        try await acknowledge(deliveries)
        return done
    }

    func remove(_ letters: [DeadLetter]) async throws(DeadLetterError) -> [Bool] {
        let deliveries = letters.map { page[$0.id]?.popLast() }
        try await acknowledge(deliveries.compactMap(\.self))
        return deliveries.map { $0 != nil }
    }

    private func acknowledge(_ deliveries: [AMQPDelivery]) async throws(DeadLetterError) {
        heldCount -= deliveries.count
        settledCount += deliveries.count
        let settlement = await consumer.acknowledge(deliveries.map(\.id))
        if settlement.staleCount > 0 { throw Self.lost }
    }

    private static let lost = DeadLetterError(
        .unavailable,
        "the connection to the broker was lost, so that the letters held are back in the queue; "
            + "run the command again"
    )
}

extension DeadLetterRequeue {
    /// The job as it is published: the event that died, without what was written about that.
    fileprivate func message(of delivery: AMQPDelivery, to topology: JobTopology) -> AMQPMessage {
        AMQPMessage(
            to: topology.exchange,
            routingKey: routingKey(of: delivery),
            body: edited.map { $0[...] } ?? delivery.body,
            properties: edited == nil
                ? delivery.revivedProperties
                : AMQPProperties(contentType: "application/cloudevents+json")
        )
    }

    /// The one it had, if it leads to the queue of its kind.
    private func routingKey(of delivery: AMQPDelivery) -> String {
        let routingKey = delivery.routingKey
        return JobKinds.kind(ofType: routingKey) == kind.rawValue ? routingKey : kind.rawValue
    }
}

extension AMQPDelivery {
    fileprivate var revivedProperties: AMQPProperties {
        // Headers that cannot be read cannot be kept; the body is.
        var properties = (try? properties()) ?? AMQPProperties(contentType: contentType)
        for name in DeadLetter.ownHeaders { properties.headers[name] = nil }
        for name in properties.headers.keys where DeadLetter.isBrokersOwn(header: name) {
            properties.headers[name] = nil
        }
        properties.isPersistent = true
        properties.messageID = nil
        properties.expirationMilliseconds = nil
        properties.userID = nil
        return properties
    }
}
