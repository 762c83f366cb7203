public import EventLoop
public import Telemetry

/// A connection that listens to channels and comes back when it breaks.
///
/// ```swift
/// for await event in subscription { … }
/// ```
/// Messages and the ends and beginnings of connections arrive in one order, so a subscriber knows
/// exactly where it may have missed something. One task reads; a subscriber that falls too far
/// behind loses the connection instead of the process its memory, and hears more when it has read
/// everything.
public actor RedisSubscription: LoopConfined {
    /// Where it lives.
    public nonisolated let loop: EventLoop
    private let configuration: RedisConfiguration
    private let options: RedisSubscriptionOptions
    private let link: RedisLink
    private var state: SubscriptionState
    private var buffer: EventBuffer
    private var reader: CheckedContinuation<RedisSubscriptionEvent?, Never>?
    /// Which call of `next` the reader is in.
    private var reading: Reading?
    private var timer: LoopTimer?
    /// The loss of which the subscriber knows, while there is no connection.
    private var toldLoss: RedisError?
    /// The connection was given up because of the subscriber: no message until it has caught up.
    private var isLagging = false

    /// Makes the subscription; nothing is connected before `start` or the first read.
    public init(
        _ configuration: RedisConfiguration,
        _ options: RedisSubscriptionOptions,
        on loop: EventLoop,
        connector: any Connector = SocketConnector(),
        logger: Logger = Logger(SilentLog())
    ) {
        self.configuration = configuration
        self.options = options
        self.loop = loop
        link = RedisLink(configuration, on: loop, connector: connector, logger: logger)
        state = SubscriptionState(
            channelCount: options.channels.count + options.patterns.count,
            isTracking: !options.trackedPrefixes.isEmpty,
            pingInterval: options.pingInterval,
            pingTimeout: options.pingTimeout
        )
        buffer = EventBuffer(
            maxMessages: options.maxBufferedMessages,
            maxBytes: options.maxBufferedBytes
        )
    }

    deinit {
        loop.execute { [link] in link.close() }
    }

    /// Connects; reading the first event does so too.
    public func start() { link.start(for: self) }

    /// The next event, as soon as there is one; nil after `close` or when the task is cancelled.
    public func next() async -> RedisSubscriptionEvent? {
        start()
        if let event = takeBuffered() { return event }
        let reading = Reading()
        return await withTaskCancellationHandler {
            await loop.withContinuation { wait($0, as: reading) }
        } onCancel: {
            loop.execute { self.assumeIsolated { $0.cancel(reading) } }
        }
    }

    private func takeBuffered() -> RedisSubscriptionEvent? {
        defer { if isLagging, buffer.isEmpty { catchUp() } }
        return buffer.popFirst()
    }

    private func wait(
        _ continuation: CheckedContinuation<RedisSubscriptionEvent?, Never>,
        as reading: Reading
    ) {
        // Turns may have passed since the caller looked.
        if let event = takeBuffered() {
            continuation.resume(returning: event)
        } else if link.phase == .closed || reader != nil || Task.isCancelled {
            continuation.resume(returning: nil)
        } else {
            reader = continuation
            self.reading = reading
        }
    }

    /// Ends the subscription for good; what is buffered can still be read.
    ///
    /// Twice is fine.
    public func close() {
        link.close()
        timer?.cancel()
        resumeReader(with: nil)
    }

    // MARK: Events

    private func deliver(_ event: RedisSubscriptionEvent) {
        if reader != nil {
            resumeReader(with: event)
        } else {
            buffer.append(event)
        }
    }

    private func cancel(_ reading: Reading) {
        // Another task may be reading by now.
        if reading === self.reading { resumeReader(with: nil) }
    }

    private func resumeReader(with event: RedisSubscriptionEvent?) {
        reader?.resume(returning: event)
        reader = nil
        reading = nil
    }

    private func received(_ replies: PipelineReplies) {
        for reply in replies {
            switch state.receive(reply) {
            case .none: break
            case .subscribed:
                toldLoss = nil
                deliver(.connected(generation: link.generation))
            case .message(let message):
                guard reader != nil || !buffer.isFull else { return giveUpLagging() }
                deliver(.message(message))
            case .changed(let keys):
                guard reader != nil || !buffer.isFull else { return giveUpLagging() }
                deliver(.changed(keys: keys))
            case .identified(let identity): track(as: identity)
            case .fail(let error): return link.fail(error)
            }
        }
    }

    // MARK: Slow subscribers

    private func giveUpLagging() {
        isLagging = true
        link.fail(.lagging(maxMessages: options.maxBufferedMessages))
    }

    /// The subscriber has read everything, the loss included: it may hear messages again.
    private func catchUp() {
        isLagging = false
        if link.phase == .ready { subscribe() }
    }

    // MARK: Signs of life

    private func subscribe() {
        var pipeline = Pipeline()
        if options.trackedPrefixes.isEmpty {
            appendSubscriptions(to: &pipeline)
        } else {
            pipeline.append("CLIENT", "ID")
        }
        link.write(pipeline.encoded.span)
        act(on: state.begin(at: .now))
    }

    /// Asks for word of changes, which come from the subscription on.
    private func track(as identity: Int) {
        var command = RedisCommand("CLIENT", "TRACKING", "ON", "REDIRECT", identity, "BCAST")
        for prefix in options.trackedPrefixes {
            command.append("PREFIX")
            command.append(prefix)
        }
        var pipeline = Pipeline(command)
        appendSubscriptions(to: &pipeline)
        link.write(pipeline.encoded.span)
    }

    private func appendSubscriptions(to pipeline: inout Pipeline) {
        if !options.channels.isEmpty {
            var command = RedisCommand("SUBSCRIBE")
            command.append(contentsOf: options.channels)
            pipeline.append(command)
        }
        if !options.patterns.isEmpty {
            var command = RedisCommand("PSUBSCRIBE")
            command.append(contentsOf: options.patterns)
            pipeline.append(command)
        }
    }

    private func act(on check: SubscriptionState.Check) {
        switch check {
        case .lookAgain(let time):
            startTimer(at: time)
        case .ping(let time):
            var ping = Pipeline()
            ping.append("PING")
            link.write(ping.encoded.span)
            startTimer(at: time)
        case .dead:
            link.fail(.timeout(configuration))
        }
    }

    private func startTimer(at time: ContinuousClock.Instant) {
        timer?.cancel()
        timer = loop.schedule(after: Swift.max(.zero, ContinuousClock.now.duration(to: time))) {
            [weak self] in
            self?.assumeIsolated { $0.timerFired() }
        }
    }

    private func timerFired() {
        guard link.phase == .ready, let lastReceived = link.lastReceived else { return }
        act(on: state.check(lastReceived: lastReceived, at: .now))
    }
}

/// One call of `next`, told from the others by its identity.
private final class Reading: Sendable {}

extension RedisSubscription: RedisLinkOwner {
    nonisolated func linkBecameReady(generation: UInt64) {
        assumeIsolated { subscription in
            if !subscription.isLagging { subscription.subscribe() }
        }
    }

    nonisolated func linkReceivedReply(_ reader: ReplyReader) {
        assumeIsolated { $0.received(reader.takeReplies()) }
    }

    nonisolated func linkLost(_ error: RedisError) {
        assumeIsolated { subscription in
            subscription.timer?.cancel()
            // A reason that somebody has to act upon is told even when the loss is known.
            if let told = subscription.toldLoss, error.isRetriable || !told.isRetriable { return }
            subscription.toldLoss = error
            subscription.deliver(.disconnected(error))
        }
    }
}

extension RedisSubscription: AsyncSequence {
    /// Reads the events of one subscription.
    public struct Iterator: AsyncIteratorProtocol, Sendable {
        let subscription: RedisSubscription

        /// The next event; nil at the end.
        public mutating func next() async -> RedisSubscriptionEvent? {
            await subscription.next()
        }

        /// The same for a caller on any actor.
        public mutating func next(
            isolation actor: isolated (any Actor)?
        ) async -> RedisSubscriptionEvent? {
            await subscription.next()
        }
    }

    /// Reads from where the last reader stopped: events are not kept twice.
    public nonisolated func makeAsyncIterator() -> Iterator { Iterator(subscription: self) }
}
