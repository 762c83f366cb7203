import EventLoop
import Telemetry

/// Whoever a link works for; called on the thread of the link's loop.
protocol RedisLinkOwner: AnyObject, Sendable {
    /// Commands may be written until `linkLost`.
    func linkBecameReady(generation: UInt64)
    /// One more reply is complete on the reader's tape.
    func linkReceivedReply(_ reader: ReplyReader)
    /// There is no connection: it broke, or an attempt failed. The link goes on trying.
    func linkLost(_ error: RedisError)
}

/// One connection that comes back: connects, shakes hands, reads replies, and connects again.
///
/// It never has two sockets at once. What it decides, `LinkState` decides.
final class RedisLink: @unchecked Sendable {
    // Guard: every member belongs to the thread of `loop`, which each entry checks.

    private let loop: EventLoop
    private let configuration: RedisConfiguration
    private let connector: any Connector
    private let logger: Logger
    private weak var owner: (any RedisLinkOwner)?
    private var state: LinkState
    private var session: LinkSession?
    private var timer: LoopTimer?

    init(
        _ configuration: RedisConfiguration,
        on loop: EventLoop,
        connector: any Connector,
        logger: Logger
    ) {
        self.configuration = configuration
        self.loop = loop
        self.connector = connector
        self.logger = logger
        state = LinkState(backoff: configuration.backoff)
    }

    var phase: LinkState.Phase { state.phase }
    var generation: UInt64 { state.generation }
    var lastFailure: RedisError? { state.lastFailure }
    var isHopeless: Bool { state.isHopeless }
    var lastReceived: ContinuousClock.Instant? { session?.transport.lastReceived }

    /// Begins to connect; later calls do nothing.
    func start(for owner: any RedisLinkOwner) {
        loop.checkIsolated()
        guard state.phase == .idle else { return }
        self.owner = owner
        perform(state.start())
    }

    func write(_ bytes: borrowing Span<UInt8>) { session?.transport.write(bytes) }

    /// Gives the connection up, as if it had broken with this error.
    func fail(_ error: RedisError) {
        loop.checkIsolated()
        perform(state.lost(error, at: .now), error)
    }

    /// Ends everything; the owner hears no more.
    func close() {
        loop.checkIsolated()
        state.close()
        dropSession()
        timer?.cancel()
        owner = nil
    }

    // MARK: Actions

    private func perform(_ action: LinkState.Action, _ error: RedisError? = nil) {
        switch action {
        case .none, .shakeHands, .discardTransport:
            break
        case .connect(let attempt):
            beginAttempt(attempt)
        case .serve(let generation):
            timer?.cancel()
            logger.info(
                "connected to Redis",
                [
                    "endpoint": .description(of: configuration),
                    "generation": .integer(Int(generation)),
                ]
            )
            owner?.linkBecameReady(generation: generation)
        case .retry(let delay):
            dropSession()
            if let error { report(error, retryingIn: delay) }
            startTimer(after: delay) { link in link.perform(link.state.retryDue()) }
            if let error { owner?.linkLost(error) }
        }
    }

    private func beginAttempt(_ attempt: UInt64) {
        let timeout = configuration.connectTimeout
        startTimer(after: timeout) { link in link.attemptIsLate(attempt) }
        LinkAttempt(on: loop)
            .assumeIsolated { task in
                task.begin(
                    to: configuration.endpoint,
                    within: timeout,
                    with: connector
                ) { [weak self] result in
                    if let self { return self.attemptEnded(attempt, result) }
                    if case .success(let transport) = result { transport.close() }
                }
            }
    }

    private func attemptEnded(_ attempt: UInt64, _ result: Result<any Transport, TransportError>) {
        switch result {
        case .success(let transport):
            guard state.connected(attempt: attempt) == .shakeHands else {
                return transport.close()
            }
            do throws(RedisError) {
                let session = try LinkSession(
                    link: self,
                    transport: transport,
                    handshake: Handshake(configuration)
                )
                self.session = session
                transport.start(session)
                write(session.handshake.pipeline.encoded.span)
            } catch {
                fail(error)
            }
        case .failure(let error):
            let error = RedisError.connection(error, outcome: .notSent)
            perform(state.connectFailed(attempt: attempt, error, at: .now), error)
        }
    }

    private func attemptIsLate(_ attempt: UInt64) {
        let error = RedisError(
            .connection(.timedOut),
            "Redis at \(configuration.endpoint) did not answer within "
                + "\(configuration.connectTimeout); check that it runs and can be reached",
            outcome: .notSent
        )
        if state.phase == .connecting {
            perform(state.connectFailed(attempt: attempt, error, at: .now), error)
        } else {
            fail(error)
        }
    }

    // MARK: The session

    fileprivate func received(_ bytes: borrowing Span<UInt8>, on session: LinkSession) {
        do throws(RedisError) {
            try session.reader.feed(bytes) { reader in
                guard session === self.session else { return false }
                replyReceived(reader, on: session)
                return session === self.session
            }
        } catch {
            if session === self.session { fail(error) }
        }
    }

    fileprivate func closed(_ session: LinkSession, _ error: TransportError) {
        guard session === self.session else { return }
        fail(.connection(error, outcome: state.phase == .ready ? .unknown : .notSent))
    }

    private func replyReceived(_ reader: ReplyReader, on session: LinkSession) {
        guard state.phase == .handshaking else {
            owner?.linkReceivedReply(reader)
            return
        }
        guard let reply = reader.takeReplies().first else { return }
        do throws(RedisError) {
            try session.handshake.receive(reply)
        } catch {
            return fail(error)
        }
        if session.handshake.isComplete { perform(state.handshakeCompleted(at: .now)) }
    }

    private func dropSession() {
        let old = session
        session = nil
        old?.transport.close()
    }

    private func startTimer(after delay: Duration, _ body: @escaping (RedisLink) -> Void) {
        timer?.cancel()
        timer = loop.schedule(after: delay) { [weak self] in
            if let self { body(self) }
        }
    }

    private func report(_ error: RedisError, retryingIn delay: Duration) {
        logger.warning(
            "no connection to Redis",
            [
                "endpoint": .description(of: configuration), "error": .description(of: error),
                "retryInSeconds": .seconds(delay),
            ]
        )
    }
}

/// One transport with the reader of its bytes: what is left of it after its end reaches nobody.
private final class LinkSession: TransportHandler, @unchecked Sendable {
    // Guard: every member belongs to the thread of the link's loop, where transports call.

    weak var link: RedisLink?
    let transport: any Transport
    let reader: ReplyReader
    var handshake: Handshake

    init(link: RedisLink, transport: any Transport, handshake: Handshake) throws(RedisError) {
        self.link = link
        self.transport = transport
        self.handshake = handshake
        reader = try ReplyReader()
    }

    func transportReceived(_ bytes: borrowing Span<UInt8>) { link?.received(bytes, on: self) }
    func transportDrained() {}
    func transportClosed(_ error: TransportError) { link?.closed(self, error) }
}
