public import EventLoop

/// Consumes from queues over one connection, which it keeps open, set up and restored.
///
/// `run` does the keeping, `nextBatch` hands over what has arrived, and every delivery is settled
/// once, by `acknowledge` or `reject`. After a reconnect the broker delivers again what was not
/// settled; what is settled too late is a known outcome (`AMQPSettlement.staleCount`).
///
/// Publish on another connection: RabbitMQ stops reading one that publishes during an alarm,
/// acknowledgements included.
public actor AMQPConsumer: LoopConfined {
    /// The thread it lives on, with its connection.
    public nonisolated let loop: EventLoop
    private let topology: AMQPTopology
    let subscriptions: [AMQPSubscription]
    private let keeper: ConnectionKeeper
    private var lastGeneration: UInt32 = 0
    private var isDraining = false
    /// How many deliveries `stop` has given back.
    public private(set) var handedBackCount = 0

    /// A consumer that does nothing until `run`.
    public init(
        _ configuration: AMQPConfiguration,
        topology: AMQPTopology = AMQPTopology(),
        subscriptions: [AMQPSubscription],
        dependencies: AMQPDependencies
    ) {
        loop = dependencies.loop
        self.topology = topology
        self.subscriptions = subscriptions
        keeper = ConnectionKeeper(configuration, dependencies)
    }

    /// The queues it consumes from, in the order of its subscriptions.
    public nonisolated var queues: [String] { subscriptions.map(\.queue) }

    /// The connection of the moment.
    var session: AMQPSession? { keeper.session }

    /// How it is doing now.
    public var status: AMQPStatus { keeper.status }

    /// Connects, declares the topology and starts the consumers, again whenever one is lost.
    ///
    /// Returns after `close`, or when the task is cancelled.
    public func run() async {
        let queues = subscriptions.map(\.queue)
        await keeper.run { [weak self] event in
            self?.assumeIsolated { $0.keeper.handle(event, queues: queues) }
        } setUp: { (session) throws(AMQPError) in
            try await setUp(session)
        }
    }

    private func setUp(_ session: AMQPSession) async throws(AMQPError) -> [AMQPProblem] {
        var problems = try await session.declare(topology)
        for (index, subscription) in subscriptions.enumerated() {
            guard !isDraining, await !session.isConsuming(index) else { continue }
            let isBroken = problems.contains { $0.subject == .queue(subscription.queue) }
            // A queue that is not what was configured is not consumed from: it is reported.
            guard !isBroken else { continue }
            lastGeneration += 1
            do throws(AMQPError) {
                try await session.consume(subscription, at: index, generation: lastGeneration)
            } catch {
                if let failure = await session.failure { throw failure }
                problems.append(AMQPProblem(.consumer(queue: subscription.queue), error))
            }
        }
        return problems
    }

    /// Waits until the consumers have been started for the first time.
    ///
    /// Throws the reason as soon as an attempt failed in a way that time will not heal, and at
    /// the deadline. What is wrong with single queues is in `status`.
    public func waitUntilSetUp(within timeout: Duration) async throws(AMQPError) {
        try await keeper.waitUntilSetUp(within: timeout)
    }

    /// Waits for at least one delivery and returns all that have arrived, oldest first.
    ///
    /// It never waits for a batch to fill, and goes on waiting while there is no connection.
    /// Nil after `close`, after `drain` once everything was handed over, and when the task is
    /// cancelled.
    public func nextBatch() async -> AMQPBatch? {
        while !Task.isCancelled {
            let session = keeper.session
            if let batch = await session?.nextBatch() { return batch }
            // Whatever ended the wait, the loss of the connection for one, is followed by a change.
            _ = await keeper.change.wait { keeper.session !== session || isFinished }
            if isFinished { return nil }
        }
        return nil
    }

    private var isFinished: Bool { keeper.isClosed || isDraining }

    /// Acknowledges deliveries in as few frames as possible.
    @discardableResult
    public func acknowledge(
        _ deliveries: some Sequence<AMQPDeliveryID> & Sendable
    ) -> AMQPSettlement {
        settle(deliveries) { $0.acknowledge(deliveries) }
    }

    /// Acknowledges a whole batch.
    @discardableResult
    public func acknowledge(_ batch: AMQPBatch) -> AMQPSettlement {
        acknowledge(batch.ids)
    }

    /// Hands deliveries back: to their queue, or to its dead-letter exchange.
    ///
    /// The broker counts a requeued delivery as an attempt, where the queue has a limit.
    @discardableResult
    public func reject(
        _ deliveries: some Sequence<AMQPDeliveryID> & Sendable,
        isRequeued: Bool
    ) -> AMQPSettlement {
        settle(deliveries) { $0.reject(deliveries, isRequeued: isRequeued) }
    }

    private func settle(
        _ deliveries: some Sequence<AMQPDeliveryID>,
        _ body: (isolated AMQPSession) -> AMQPSettlement
    ) -> AMQPSettlement {
        guard let session = keeper.session else {
            var settlement = AMQPSettlement()
            settlement.staleCount = deliveries.reduce(0) { count, _ in count + 1 }
            return settlement
        }
        // The session runs on the same loop.
        return session.assumeIsolated(body)
    }

    /// Stops the flow: the broker sends nothing more.
    ///
    /// What it has sent can still be taken and settled; then `nextBatch` returns nil. Twice is
    /// fine.
    public func drain() async {
        await drain(isGivingBack: false)
    }

    /// Stops the flow and gives back what no batch holds yet.
    ///
    /// Batches that were handed over can still be settled. Twice is fine.
    public func stop() async {
        await drain(isGivingBack: true)
    }

    private func drain(isGivingBack: Bool) async {
        isDraining = true
        handedBackCount += await keeper.session?.drain(isGivingBack: isGivingBack) ?? 0
        keeper.change.signal()
    }

    /// Ends `run` and `nextBatch`; the broker delivers again what was not settled.
    ///
    /// Twice is fine.
    public func close() {
        keeper.close()
        let session = keeper.session
        session?.assumeIsolated { $0.endConsuming() }
    }
}
