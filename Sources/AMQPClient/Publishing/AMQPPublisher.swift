public import EventLoop

/// Publishes with confirms over one connection, which it keeps open and set up.
///
/// A message counts as published when the broker has confirmed it: a quorum queue has it on a
/// majority of disks then. A mandatory message that no queue took is an error.
public actor AMQPPublisher: LoopConfined {
    /// The thread it lives on, with its connection.
    public nonisolated let loop: EventLoop
    private let configuration: AMQPConfiguration
    private let topology: AMQPTopology
    private let keeper: ConnectionKeeper
    private var concurrentPublishes = 0
    private var lastMessageID: UInt64 = 0

    /// A publisher that does nothing until `run`.
    public init(
        _ configuration: AMQPConfiguration,
        topology: AMQPTopology = AMQPTopology(),
        dependencies: AMQPDependencies
    ) {
        loop = dependencies.loop
        self.configuration = configuration
        self.topology = topology
        keeper = ConnectionKeeper(configuration, dependencies)
    }

    /// How it is doing now.
    public var status: AMQPStatus { keeper.status }

    /// Connects and declares the topology, again whenever the connection is lost.
    ///
    /// Returns after `close`, or when the task is cancelled.
    public func run() async {
        await keeper.run { [weak self] event in
            self?.assumeIsolated { $0.keeper.handle(event, queues: []) }
        } setUp: { (session) throws(AMQPError) in
            try await setUp(session)
        }
    }

    private func setUp(_ session: AMQPSession) async throws(AMQPError) -> [AMQPProblem] {
        var problems = try await session.declare(topology)
        do throws(AMQPError) {
            try await session.startPublishing()
        } catch {
            if let failure = await session.failure { throw failure }
            problems.append(AMQPProblem(.publishing, error))
        }
        return problems
    }

    /// Waits until messages can be published for the first time.
    ///
    /// Throws the reason as soon as an attempt failed in a way that time will not heal, and at
    /// the deadline. What is wrong with single queues is in `status`.
    public func waitUntilSetUp(within timeout: Duration) async throws(AMQPError) {
        try await keeper.waitUntilSetUp(within: timeout)
    }

    /// Publishes messages in order and returns when the broker has confirmed them all.
    ///
    /// Waits for the connection, for room and for the end of an alarm, altogether no longer than
    /// `publishTimeout`. Throws with the fate of each message that was not confirmed: those with
    /// `isOutcomeUnknown` may have arrived, so publish them again only if twice does no harm.
    public func publish(_ messages: [AMQPMessage]) async throws(AMQPPublishError) {
        guard !messages.isEmpty else { return }
        let deadline = ContinuousClock.now + configuration.publishTimeout
        guard concurrentPublishes < configuration.maxConcurrentPublishes else {
            let limit = configuration.maxConcurrentPublishes
            throw failure(of: messages, AMQPError(.overloaded, "\(limit) publishers wait already"))
        }
        concurrentPublishes += 1
        defer { concurrentPublishes -= 1 }
        let isReady = await keeper.change.wait(until: deadline) {
            keeper.isClosed || publishingSession != nil
        }
        guard isReady, let session = publishingSession else {
            throw failure(of: messages, reasonForNoSession)
        }
        let failures = await session.publish(messages.map(named), until: deadline)
        guard failures.isEmpty else {
            throw AMQPPublishError(failures: failures, messageCount: messages.count)
        }
    }

    /// The session, once it has a channel for publishing.
    private var publishingSession: AMQPSession? {
        let isBroken = keeper.status.problems.contains { $0.subject == .publishing }
        return isBroken ? nil : keeper.readySession
    }

    /// Publishes one message.
    public func publish(_ message: AMQPMessage) async throws(AMQPError) {
        do throws(AMQPPublishError) {
            try await publish([message])
        } catch {
            throw error.failures.first?.error ?? AMQPError(.protocolViolation, error.description)
        }
    }

    /// How many messages of a queue no consumer holds; the queue has to exist.
    ///
    /// Throws at once when there is no connection.
    public func messageCount(of queue: String) async throws(AMQPError) -> Int {
        try await keeper.messageCount(of: queue)
    }

    /// Ends `run`; messages that wait for their confirm fail with an unknown outcome.
    ///
    /// Twice is fine.
    public func close() { keeper.close() }

    /// A returned message is told by its id, so a mandatory one has to have one.
    private func named(_ message: AMQPMessage) -> AMQPMessage {
        guard message.isMandatory, message.properties.messageID == nil else { return message }
        var message = message
        lastMessageID += 1
        message.properties.messageID = String(lastMessageID)
        return message
    }

    private func failure(of messages: [AMQPMessage], _ error: AMQPError) -> AMQPPublishError {
        AMQPPublishError(
            failures: messages.indices.map { AMQPPublishError.Failure(index: $0, error: error) },
            messageCount: messages.count
        )
    }

    private var reasonForNoSession: AMQPError {
        if Task.isCancelled {
            return AMQPError(.cancelled, "the task was cancelled before the message was sent")
        }
        if keeper.isClosed {
            return AMQPError(.closedLocally, "the publisher is closed; the message was not sent")
        }
        return keeper.status.lastError
            ?? AMQPError(.timedOut, "there was no connection in time; the message was not sent")
    }
}
