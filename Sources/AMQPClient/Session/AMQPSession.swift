import EventLoop

/// One AMQP connection from its first byte to its last: never reconnected, replaced instead.
///
/// It is an actor on the loop that reads its socket. Frames are handled in place, calls wait for
/// their answer with a deadline, and a heartbeat goes out whatever the users of the session do.
actor AMQPSession: LoopConfined {
    /// How long the peer may take to answer a good-bye.
    private static let closeTimeout: Duration = .seconds(2)
    /// What RabbitMQ gets to act on the last settlement before the good-bye.
    ///
    /// It passes 32 settlements of a channel on to a quorum queue, keeps the others until the queue
    /// has written those down, and forgets them when the connection closes meanwhile: jobs that
    /// are done would be done again.
    private static let settlingTime: Duration = .milliseconds(200)

    nonisolated let loop: EventLoop
    nonisolated let configuration: AMQPConfiguration
    let transport: any Transport
    let onEvent: @Sendable (SessionEvent) -> Void

    // The connection.
    private var state: ConnectionState
    var splitter = FrameSplitter()
    let decoder: MethodDecoder
    private var writer: FrameWriter
    private var heartbeat = HeartbeatState(seconds: 0)
    private var heartbeatTimer: LoopTimer?
    private var deadlineTimer: LoopTimer?
    private var opening: CheckedContinuation<Result<Void, AMQPError>, Never>?
    private let closing: LoopCondition
    /// Why the connection is over.
    private(set) var failure: AMQPError?
    private(set) var channelMax: UInt16 = 0

    // The channels, each at the index of its number.
    var channels: [Channel?] = [nil]
    var controlChannel: Channel?

    // Consuming.
    var deliveries: DeliveryBuffer
    var batchWaiters: [BatchWaiter] = []
    var lastBatchWaiter: UInt64 = 0
    var consumers: [Int: Channel] = [:]
    var isDrained = false
    var isGivingBack = false
    var givenBackCount = 0
    var lastSettlement: ContinuousClock.Instant?

    // Publishing.
    var publishChannel: Channel?
    var confirms = ConfirmTracker()
    var completions: [ConfirmTracker.Ticket: PublishWaiter] = [:]
    /// Verdicts that were complete before their call came to wait for them.
    var earlyCompletions: [ConfirmTracker.Ticket: [AMQPPublishError.Failure]] = [:]
    let room: LoopCondition
    var blockedReason: String?

    private init(
        _ configuration: AMQPConfiguration,
        _ transport: any Transport,
        _ loop: EventLoop,
        _ onEvent: @escaping @Sendable (SessionEvent) -> Void
    ) {
        self.configuration = configuration
        self.transport = transport
        self.loop = loop
        self.onEvent = onEvent
        state = ConnectionState(configuration)
        let memory = CodecMemory()
        decoder = MethodDecoder(memory: memory)
        writer = FrameWriter(memory: memory)
        closing = LoopCondition(loop: loop)
        room = LoopCondition(loop: loop)
        deliveries = DeliveryBuffer(maxBatchCount: configuration.maxBatchCount)
    }

    // MARK: Life

    /// Connects; the session is of use after `shakeHands`.
    static func connect(
        _ configuration: AMQPConfiguration,
        by connector: any Connector,
        on loop: EventLoop,
        onEvent: @escaping @Sendable (SessionEvent) -> Void
    ) async throws(AMQPError) -> AMQPSession {
        let transport: any Transport
        do throws(TransportError) {
            transport = try await connector.connect(
                to: configuration.endpoint,
                within: configuration.connectTimeout,
                on: loop
            )
        } catch {
            throw AMQPError(error)
        }
        return AMQPSession(configuration, transport, loop, onEvent)
    }

    /// Authenticates and opens the virtual host.
    func shakeHands() async throws(AMQPError) {
        let result = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                opening = continuation
                deadlineTimer = loop.schedule(after: configuration.handshakeTimeout) { [self] in
                    perform(state.deadlinePassed())
                }
                transport.start(self)
                writer.protocolHeader()
                flush()
            }
        } onCancel: {
            loop.execute { [self] in assumeIsolated { $0.abortHandshake() } }
        }
        try result.get()
    }

    /// Ends a handshake that nobody waits for any more.
    func abortHandshake() {
        if opening != nil { perform(state.close()) }
    }

    /// Says good-bye and waits for the answer, a short time; twice is fine.
    func close() async {
        if let lastSettlement {
            _ = await closing.wait(until: lastSettlement + Self.settlingTime) { failure != nil }
        }
        if failure == nil {
            perform(state.close())
            deadlineTimer?.cancel()
            deadlineTimer = loop.schedule(after: Self.closeTimeout) { [self] in
                perform(state.deadlinePassed())
            }
        }
        _ = await closing.wait { failure != nil }
    }

    /// Ends the connection because of something this side found out.
    func fail(_ error: AMQPError) {
        perform(state.failed(error))
    }

    func receivedOnConnection(_ method: ServerMethod) {
        perform(state.received(method))
    }

    func lost(_ error: AMQPError) {
        perform(state.transportClosed(error))
    }

    private func perform(_ actions: [ConnectionState.Action]) {
        for action in actions {
            switch action {
            case .send(let method): sendOrFail(method, on: 0)
            case .tune(let tuning): tune(tuning)
            case .opened: opened()
            case .blocked(let reason):
                blockedReason = reason
                onEvent(.blocked(reason: reason))
            case .unblocked:
                blockedReason = nil
                room.signal()
                onEvent(.unblocked)
            case .end(let error): end(error)
            }
        }
    }

    private func opened() {
        deadlineTimer?.cancel()
        opening?.resume(returning: .success(()))
        opening = nil
        scheduleHeartbeat()
    }

    private func end(_ error: AMQPError) {
        guard failure == nil else { return }
        failure = error
        heartbeatTimer?.cancel()
        deadlineTimer?.cancel()
        closeTransport(after: error)
        let wasOpen = opening == nil
        opening?.resume(returning: .failure(error))
        opening = nil
        for channel in channels { channel?.failCalls(error.withUnknownOutcome) }
        channels = [nil]
        endConsuming()
        endPublishing(error)
        closing.signal()
        if wasOpen { onEvent(.ended(error)) }
    }

    /// A close-ok that was queued just now still has to leave; then the broker hangs up.
    private func closeTransport(after error: AMQPError) {
        let transport = transport
        guard transport.queuedByteCount > 0, error.code != .heartbeatsMissed else {
            return transport.close()
        }
        loop.schedule(after: Self.closeTimeout) { transport.close() }
    }

    // MARK: Tuning and heartbeats

    /// The limit for frames that arrive is raised after the chunk that is being read.
    private(set) var tunedFrameMax: Int?

    private func tune(_ tuning: Tuning) {
        writer.frameMax = Int(tuning.frameMax)
        tunedFrameMax = Int(tuning.frameMax)
        channelMax = tuning.channelMax
        heartbeat = HeartbeatState(seconds: tuning.heartbeatSeconds)
    }

    private func scheduleHeartbeat() {
        guard let tick = heartbeat.tick else { return }
        heartbeatTimer = loop.schedule(after: tick) { [self] in
            guard failure == nil else { return }
            // While this side does not read, silence says nothing about the peer.
            let silence: Duration =
                transport.isReadingPaused
                ? .zero : transport.lastReceived.duration(to: .now)
            switch heartbeat.tick(silence: silence) {
            case .fine: break
            case .heartbeatDue:
                writer.heartbeat()
                flush()
            case .peerIsDead:
                return fail(
                    AMQPError(
                        .heartbeatsMissed,
                        "\(configuration.endpoint) was silent for two heartbeats"
                    )
                )
            }
            scheduleHeartbeat()
        }
    }

    // MARK: Sending

    func send(_ method: ClientMethod, on channel: UInt16) throws(AMQPError) {
        try writer.method(method, on: channel)
        flush()
    }

    /// For methods whose parts were checked before: a failure is one of the connection.
    func sendOrFail(_ method: ClientMethod, on channel: UInt16) {
        do throws(AMQPError) {
            try send(method, on: channel)
        } catch {
            fail(error)
        }
    }

    func send(_ message: AMQPMessage, on channel: UInt16) throws(AMQPError) {
        defer { flush() }
        try writer.message(message, on: channel)
    }

    private func flush() {
        heartbeat.sent()
        transport.write(writer.bytes.span)
        writer.removeAll()
    }
}
