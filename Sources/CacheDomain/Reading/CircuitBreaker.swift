/// Spares callers the wait for a store that does not answer: a pure state machine.
///
///     closed ── failures in a row ──▶ open ── time ──▶ half open ── success ──▶ closed
///                                      ▲                   │
///                                      └───── failure ─────┘
///
/// Michael Nygard, "Release It!", 2007.
public struct CircuitBreaker: Sendable, Equatable {
    /// What it lets through.
    public enum State: String, Sendable, CaseIterable {
        /// Every request.
        case closed
        /// None.
        case open
        /// One, as a probe.
        case halfOpen
    }

    private let failureLimit: Int
    private let openTime: Duration
    private var failureCount = 0
    private var openUntil: ContinuousClock.Instant?
    private var isProbing = false

    /// A closed one that opens after so many failures in a row, for so long.
    public init(failureLimit: Int = 5, openTime: Duration = .seconds(30)) {
        self.failureLimit = failureLimit
        self.openTime = openTime
    }

    /// What it lets through at this moment.
    public func state(at now: ContinuousClock.Instant) -> State {
        guard let openUntil else { return .closed }
        return now < openUntil ? .open : .halfOpen
    }

    /// Whether a request may be made now; who is let through tells how it went.
    public mutating func admits(at now: ContinuousClock.Instant) -> Bool {
        switch state(at: now) {
        case .closed: return true
        case .open: return false
        case .halfOpen:
            defer { isProbing = true }
            return !isProbing
        }
    }

    /// A request was answered.
    public mutating func succeeded() {
        failureCount = 0
        openUntil = nil
        isProbing = false
    }

    /// A request was not answered.
    public mutating func failed(at now: ContinuousClock.Instant) {
        failureCount += 1
        isProbing = false
        if openUntil != nil || failureCount >= failureLimit { openUntil = now + openTime }
    }

    /// A request was given up by its caller, which says nothing about the store.
    public mutating func abandoned() { isProbing = false }
}
