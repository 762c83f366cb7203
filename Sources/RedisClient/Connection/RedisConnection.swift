public import EventLoop
public import Telemetry

/// One logical connection to a server: connects when it is first used and reconnects by itself.
///
/// Commands are executed in the order of the calls. A call waits while the connection is being
/// made (at most the connect timeout) or while too many commands are in flight. What was written
/// when the connection breaks fails with an unknown outcome and is never sent again by itself.
/// An actor on the same loop calls it without changing threads.
public actor RedisConnection: LoopConfined {
    /// Where it lives.
    public nonisolated let loop: EventLoop
    /// Whom it connects to, and its limits.
    public nonisolated let configuration: RedisConfiguration
    private let link: RedisLink
    private var queue: RequestQueue<PendingCall>
    private var lastCallId: UInt64 = 0
    private var timer: LoopTimer?
    private var timerDue: ContinuousClock.Instant?
    /// The answer that showed that this is the wrong server, or one that is not ready.
    private var reasonToReconnect: RedisError?
    /// What it has done since it was made.
    private(set) public var statistics = RedisConnectionStatistics()

    /// Makes the connection; nothing is connected before the first call.
    public init(
        _ configuration: RedisConfiguration,
        on loop: EventLoop,
        connector: any Connector = SocketConnector(),
        logger: Logger = Logger(SilentLog())
    ) {
        self.configuration = configuration
        self.loop = loop
        link = RedisLink(configuration, on: loop, connector: connector, logger: logger)
        queue = RequestQueue(
            limits: .init(
                commands: configuration.maxInFlightCommands,
                bytes: configuration.maxInFlightBytes,
                waiting: configuration.maxWaitingPipelines
            )
        )
    }

    deinit {
        // Nobody waits any more: a waiting caller would have kept the connection.
        loop.execute { [link] in link.close() }
    }

    /// Whether commands can be written now.
    public var isReady: Bool { link.phase == .ready }

    /// How many times the connection was made: replies of one generation come from one socket.
    public var generation: UInt64 { link.generation }

    /// Why there is no connection.
    public var lastFailure: RedisError? { link.lastFailure }

    /// Sends the commands in one write and gives their replies in order, error replies as values.
    ///
    /// `blockingFor` is how long the server itself may hold the answers back (BLOCK); it is added
    /// to the command timeout. A pipeline that blocks holds up all that come after it, so blocking
    /// reads want a connection of their own. When the time is over the connection is given up.
    /// A cancelled task stops waiting at once; what was written already is executed all the same.
    public func execute(
        _ pipeline: Pipeline,
        blockingFor block: Duration = .zero
    ) async throws(RedisError) -> PipelineReplies {
        guard !pipeline.isOversized else {
            throw RedisError(.tooLarge, "a command is larger than Redis takes", outcome: .notSent)
        }
        guard !pipeline.isEmpty else {
            return PipelineReplies(storage: ReplyStorage(bytes: [], tokens: []), roots: [])
        }
        let call = PendingCall(pipeline)
        let answer = await withTaskCancellationHandler {
            await loop.withContinuation { continuation in
                lastCallId += 1
                call.begin(id: lastCallId, continuation)
                submit(call, id: lastCallId, blockingFor: block)
            }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.cancel(call) } }
        }
        return try answer.get()
    }

    /// Executes one command; an error reply is thrown.
    public func execute(
        _ command: RedisCommand,
        blockingFor block: Duration = .zero
    ) async throws(RedisError) -> RedisReply {
        try await execute(Pipeline(command), blockingFor: block)[0].get()
    }

    /// Gives the present connection up and makes another one.
    ///
    /// Calls in flight fail with an unknown outcome. Nothing happens while there is no connection,
    /// since one is being made already.
    public func reconnect() {
        link.fail(
            RedisError(
                .timeout,
                "the connection to \(configuration.endpoint) is given up for a new one",
                outcome: .unknown
            )
        )
    }

    /// Ends the connection for good; calls in flight fail with an unknown outcome.
    ///
    /// Twice is fine.
    public func close() {
        link.close()
        timer?.cancel()
        let error = RedisError.closed(configuration.endpoint)
        for call in queue.close(patience: .zero, at: .now) {
            call.settle(.failure(error.with(outcome: .unknown)))
        }
        for call in queue.removeAllWaiting() { call.settle(.failure(error)) }
    }

    // MARK: Calls

    private func submit(_ call: PendingCall, id: UInt64, blockingFor block: Duration) {
        // What cancels the task later finds the call by its id.
        guard !Task.isCancelled else {
            return call.settle(.failure(.cancelled(outcome: .notSent)))
        }
        link.start(for: self)
        if let error = refusal {
            return call.settle(.failure(error))
        }
        let timeout = configuration.commandTimeout + block
        let request = RequestQueue<PendingCall>
            .Request(
                id: id,
                commands: call.pipeline.count,
                bytes: call.pipeline.byteCount,
                timeout: timeout
            )
        let patience = queue.isOpen ? timeout : min(timeout, configuration.connectTimeout)
        switch queue.submit(call, request, patience: patience, at: .now) {
        case .write: write(call)
        case .wait: statistics.delayed += 1
        case .refuse: return call.settle(.failure(.overloaded(configuration)))
        }
        armTimer()
    }

    /// Why a new call cannot succeed.
    private var refusal: RedisError? {
        if link.phase == .closed { return .closed(configuration.endpoint) }
        return link.isHopeless ? link.lastFailure?.with(outcome: .notSent) : nil
    }

    private func write(_ call: PendingCall) {
        let pipeline = call.takePipeline()
        statistics.pipelines += 1
        statistics.commands += pipeline.count
        link.write(pipeline.encoded.span)
    }

    private func writeWaiting() {
        guard queue.waitingCount > 0 else { return }
        let now = ContinuousClock.now
        while let call = queue.nextToWrite(at: now) { write(call) }
        armTimer()
    }

    private func cancel(_ call: PendingCall) {
        guard let id = call.id, let (call, wasInFlight) = queue.cancel(id) else { return }
        call.settle(.failure(.cancelled(outcome: wasInFlight ? .unknown : .notSent)))
    }

    private func received(_ reader: ReplyReader) {
        if let code = reader.lastServerError, code.remedy == .reconnect, reasonToReconnect == nil {
            queue.pause()
            reasonToReconnect = .wrongServer(code, configuration.endpoint)
        }
        switch queue.replyReceived() {
        case .incomplete:
            return
        case .completed(let call):
            call.settle(.success(reader.takeReplies()))
        case .nobody:
            return link.fail(.protocolViolation("a reply that nobody asked for"))
        }
        if let reason = reasonToReconnect {
            if !queue.hasInFlight { link.fail(reason) }
        } else {
            writeWaiting()
        }
    }

    // MARK: Time

    private func armTimer() {
        guard let deadline = queue.earliestDeadline else { return }
        if let timerDue, timerDue <= deadline { return }
        timer?.cancel()
        timerDue = deadline
        let delay = max(.zero, ContinuousClock.now.duration(to: deadline))
        timer = loop.schedule(after: delay) { [weak self] in
            self?.assumeIsolated { $0.timerFired() }
        }
    }

    private func timerFired() {
        timerDue = nil
        let now = ContinuousClock.now
        for call in queue.takeExpired(at: now) {
            statistics.timeouts += 1
            let failure = link.lastFailure?.with(outcome: .notSent) ?? .busy(configuration)
            call.settle(.failure(failure))
        }
        if queue.isOverdue(at: now) {
            statistics.timeouts += 1
            link.fail(.timeout(configuration))
        }
        armTimer()
    }
}

extension RedisConnection: RedisLinkOwner {
    nonisolated func linkBecameReady(generation: UInt64) {
        assumeIsolated { connection in
            connection.statistics.connections += 1
            connection.reasonToReconnect = nil
            connection.queue.open()
            connection.writeWaiting()
        }
    }

    nonisolated func linkReceivedReply(_ reader: ReplyReader) {
        assumeIsolated { $0.received(reader) }
    }

    nonisolated func linkLost(_ error: RedisError) {
        assumeIsolated { connection in
            connection.statistics.failures[error.word, default: 0] += 1
            let patience = connection.configuration.connectTimeout
            for call in connection.queue.close(patience: patience, at: .now) {
                call.settle(.failure(error.with(outcome: .unknown)))
            }
            if !error.isRetriable {
                for call in connection.queue.removeAllWaiting() {
                    call.settle(.failure(error.with(outcome: .notSent)))
                }
            }
            connection.armTimer()
        }
    }
}
