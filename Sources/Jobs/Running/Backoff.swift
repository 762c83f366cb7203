/// How long to wait before the next try: exponential, capped, with full jitter.
///
/// Full jitter spreads the clients of a server that comes back over the whole interval; see
/// "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.
public struct Backoff: Sendable {
    private let base: Duration
    private let cap: Duration
    private var attempt = 0

    /// Waits up to `base`, then up to twice as long each time, up to `cap`.
    public init(base: Duration = .milliseconds(50), cap: Duration = .seconds(2)) {
        self.base = base
        self.cap = cap
    }

    /// The next pause; `random` is between 0 and 1.
    public mutating func next(random: Double = .random(in: 0...1)) -> Duration {
        attempt += 1
        return Self.ceiling(afterAttempt: attempt, base: base, cap: cap) * random
    }

    /// The longest pause after so many attempts, from 1.
    static func ceiling(afterAttempt attempt: Int, base: Duration, cap: Duration) -> Duration {
        // 2^20 times any sensible base is beyond any sensible cap.
        min(cap, base * (1 << min(max(attempt - 1, 0), 20)))
    }

    /// Begins anew, after a success.
    public mutating func reset() { attempt = 0 }
}
