import EventLoop

/// The life of one link to a server as a pure machine: what happened in, what to do out.
///
/// ```
/// idle ─▶ connecting ─▶ handshaking ─▶ ready
///            ▲   │            │          │
///            │   ▼            ▼          ▼       any of them ─▶ closed
///            └─ waiting ◀─────┴──────────┘
/// ```
struct LinkState {
    enum Phase: Equatable {
        /// Nobody has asked for a connection. Next: connecting.
        case idle
        /// An attempt is under way. Next: handshaking, waiting.
        case connecting
        /// There is a transport, and the server is told who we are. Next: ready, waiting.
        case handshaking
        /// Commands may be written. Next: waiting.
        case ready
        /// The last attempt or connection failed; the next attempt has its time. Next: connecting.
        case waiting
        /// For good.
        case closed
    }

    enum Action: Equatable {
        case none
        /// Begin this attempt, and report its result with its number.
        case connect(attempt: UInt64)
        /// Take the transport and write the handshake on it.
        case shakeHands
        /// The transport came too late: close it.
        case discardTransport
        /// Tell the owner that commands may be written.
        case serve(generation: UInt64)
        /// Drop what is left of the transport, tell the owner, and call `retryDue` after the delay.
        case retry(after: Duration)
    }

    private(set) var phase = Phase.idle
    /// How many times the link became ready: replies of one generation come from one connection.
    private(set) var generation: UInt64 = 0
    /// Why the last attempt or connection failed; nil while the link is ready.
    private(set) var lastFailure: RedisError?
    private var attempt: UInt64 = 0
    private var failures = 0
    private var readySince: ContinuousClock.Instant?
    private let backoff: ReconnectBackoff

    init(backoff: ReconnectBackoff) { self.backoff = backoff }

    /// Whether another attempt will only fail again until somebody changes the configuration.
    var isHopeless: Bool { phase == .waiting && lastFailure?.isRetriable == false }

    mutating func start() -> Action {
        guard phase == .idle else { return .none }
        return connect()
    }

    mutating func connected(attempt: UInt64) -> Action {
        guard phase == .connecting, attempt == self.attempt else { return .discardTransport }
        phase = .handshaking
        return .shakeHands
    }

    mutating func connectFailed(
        attempt: UInt64,
        _ error: RedisError,
        at now: ContinuousClock.Instant
    ) -> Action {
        guard phase == .connecting, attempt == self.attempt else { return .none }
        return fail(error, at: now)
    }

    mutating func handshakeCompleted(at now: ContinuousClock.Instant) -> Action {
        guard phase == .handshaking else { return .none }
        phase = .ready
        generation += 1
        readySince = now
        lastFailure = nil
        return .serve(generation: generation)
    }

    /// The connection broke, was given up, or its handshake failed.
    mutating func lost(_ error: RedisError, at now: ContinuousClock.Instant) -> Action {
        guard phase == .handshaking || phase == .ready else { return .none }
        return fail(error, at: now)
    }

    mutating func retryDue() -> Action {
        guard phase == .waiting else { return .none }
        return connect()
    }

    mutating func close() { phase = .closed }

    private mutating func connect() -> Action {
        phase = .connecting
        attempt += 1
        return .connect(attempt: attempt)
    }

    private mutating func fail(_ error: RedisError, at now: ContinuousClock.Instant) -> Action {
        phase = .waiting
        lastFailure = error
        // A connection that worked for a while proves that earlier failures are history.
        if let since = readySince, since.duration(to: now) >= backoff.stableAfter { failures = 0 }
        readySince = nil
        failures += 1
        let delay = backoff.delay(afterFailures: failures, isHopeless: !error.isRetriable)
        return .retry(after: delay)
    }
}
