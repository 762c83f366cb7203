import EventLoop
import Telemetry

/// Keeps one session after the other open and set up, for the actor that owns it.
///
/// Connecting, repairing and waiting follow each other in one task, so there are never two sockets
/// at once. After a failure the next attempt waits with full jitter; an error that time will not
/// heal, a wrong password for one, waits half the cap at least.
final class ConnectionKeeper {
    private let configuration: AMQPConfiguration
    private let dependencies: AMQPDependencies
    private let logger: Logger
    /// Signalled at every change of what is below.
    let change: LoopCondition
    private(set) var session: AMQPSession?
    private var opening: AMQPSession?
    private(set) var status = AMQPStatus()
    private(set) var isClosed = false
    private var needsRepair = false
    private var isRunning = false

    init(_ configuration: AMQPConfiguration, _ dependencies: AMQPDependencies) {
        self.configuration = configuration
        self.dependencies = dependencies
        change = LoopCondition(loop: dependencies.loop)
        logger = dependencies.logger.with(["broker": .description(of: configuration.endpoint)])
    }

    /// The session, once it is set up.
    var readySession: AMQPSession? { status.isSetUp ? session : nil }

    /// How many messages of a queue no consumer holds; throws at once when there is no session.
    func messageCount(of queue: String) async throws(AMQPError) -> Int {
        guard let session = readySession else {
            throw status.lastError ?? AMQPError(.closedLocally, "the connection is not open")
        }
        let answer = try await session.control(.queueInspect(name: queue))
        guard case .queueDeclareOk(let count, _) = answer else {
            throw AMQPError(.protocolViolation, "the broker did not answer for queue '\(queue)'")
        }
        return Int(count)
    }

    /// Runs until `close`, or until the task is cancelled; a second call returns at once.
    ///
    /// `setUp` makes a session useful; it is called again when something was lost, and returns
    /// what is still missing.
    func run(
        onEvent: @escaping @Sendable (SessionEvent) -> Void,
        setUp: (AMQPSession) async throws(AMQPError) -> [AMQPProblem]
    ) async {
        guard !isRunning else { return }
        isRunning = true
        var failures = 0
        while !shouldStop {
            let began = ContinuousClock.now
            await connect(onEvent)
            if let session {
                await keep(session, setUp)
                if began.duration(to: .now) >= dependencies.backoff.stableAfter { failures = 0 }
            }
            guard !shouldStop else { break }
            let isHopeless = status.lastError?.isRetriable == false
            failures += 1
            await pause(
                dependencies.backoff.delay(afterFailures: failures, isHopeless: isHopeless)
            )
        }
        isClosed = true
        await endSession()
        change.signal()
    }

    /// Ends `run`; twice, or before it began, is fine.
    func close() {
        isClosed = true
        opening?.assumeIsolated { $0.abortHandshake() }
        change.signal()
    }

    /// Waits until a session was set up; throws what time will not heal, or is there at the end.
    func waitUntilSetUp(within timeout: Duration) async throws(AMQPError) {
        let isDone = await change.wait(until: .now + timeout) {
            status.isSetUp || isClosed || status.lastError?.isRetriable == false
        }
        guard !status.isSetUp else { return }
        if let error = status.lastError { throw error }
        throw isDone
            ? AMQPError(.closedLocally, "the connection was closed before it was set up")
            : AMQPError(.timedOut, "no connection to \(configuration.endpoint) in time")
    }

    private var shouldStop: Bool { isClosed || Task.isCancelled }

    private func connect(_ onEvent: @escaping @Sendable (SessionEvent) -> Void) async {
        do throws(AMQPError) {
            let opened = try await AMQPSession.connect(
                configuration,
                by: dependencies.connector,
                on: dependencies.loop,
                onEvent: onEvent
            )
            opening = opened
            defer { opening = nil }
            try await opened.shakeHands()
            adopt(opened)
        } catch {
            disconnected(error)
        }
    }

    /// Begins to use a session, unless it has ended on the way here.
    private func adopt(_ opened: AMQPSession) {
        if let failure = opened.assumeIsolated({ $0.failure }) { return disconnected(failure) }
        session = opened
        status.isConnected = true
        status.lastError = nil
        status.connectionCount += 1
        logger.info("connected to RabbitMQ", ["connections": .integer(status.connectionCount)])
        tell(.connected(count: status.connectionCount))
    }

    /// Sets the session up, and again when something was lost, until it has ended.
    private func keep(
        _ session: AMQPSession,
        _ setUp: (AMQPSession) async throws(AMQPError) -> [AMQPProblem]
    ) async {
        var repairs = 0
        while self.session === session, !shouldStop {
            needsRepair = false
            let known = status.problems
            // A throw means that the session has ended, which its event has told.
            guard let problems = try? await setUp(session), self.session === session else {
                return await wait { self.session !== session || shouldStop }
            }
            status.problems = problems
            status.isSetUp = true
            for problem in problems where !known.contains(problem) {
                logger.error(
                    "RabbitMQ's topology is not as configured",
                    [
                        "problem": .description(of: problem)
                    ]
                )
            }
            tell(.setUp(problems: problems))
            if problems.isEmpty {
                repairs = 0
                await wait { self.session !== session || shouldStop || needsRepair }
            }
            guard self.session === session, !shouldStop else { continue }
            // What only a person can mend is looked at again slowly.
            let isHopeless = !problems.isEmpty && !problems.contains { $0.error.isRetriable }
            repairs += 1
            await pause(
                dependencies.backoff.delay(afterFailures: repairs, isHopeless: isHopeless),
                while: session
            )
        }
    }

    private func wait(_ isDone: () -> Bool) async {
        _ = await change.wait(isDone)
    }

    private func pause(_ duration: Duration, while kept: AMQPSession? = nil) async {
        let deadline = ContinuousClock.now + duration
        _ = await change.wait(until: deadline) { shouldStop || session !== kept }
    }

    private func endSession() async {
        guard let ending = session else { return }
        await ending.close()
        session = nil
        status.isConnected = false
        status.isSetUp = false
    }

    // MARK: Events

    /// What the session told; events of an earlier session have no effect on a later one.
    func handle(_ event: SessionEvent, queues: [String]) {
        switch event {
        case .ended(let error):
            guard session != nil else { return }
            session = nil
            disconnected(error)
        case .consumerLost(let index, let error):
            logger.warning(
                "a consumer of RabbitMQ has ended",
                ["queue": .string(queues[index]), "error": .description(of: error)]
            )
            repair()
            tell(.consumerLost(queue: queues[index], error))
        case .publishingLost(let error):
            logger.warning("RabbitMQ closed a channel", ["error": .description(of: error)])
            repair()
            tell(.publishingLost(error))
        case .blocked(let reason):
            status.blockedReason = reason
            logger.warning("RabbitMQ takes no messages", ["reason": .string(reason)])
            tell(.blocked(reason: reason))
        case .unblocked:
            status.blockedReason = nil
            logger.info("RabbitMQ takes messages again")
            tell(.unblocked)
        }
    }

    private func repair() {
        needsRepair = true
        status.isSetUp = false
    }

    private func disconnected(_ error: AMQPError) {
        let isNews = status.lastError != error
        status.isConnected = false
        status.isSetUp = false
        status.blockedReason = nil
        status.lastError = error
        status.failures[error.word, default: 0] += 1
        if isNews, !isClosed {
            logger.warning("no connection to RabbitMQ", ["error": .description(of: error)])
        }
        tell(.disconnected(error))
    }

    private func tell(_ event: AMQPEvent) {
        dependencies.onEvent(event)
        change.signal()
    }
}
