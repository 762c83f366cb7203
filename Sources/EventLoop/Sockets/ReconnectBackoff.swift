/// How long to wait before the next attempt to connect: exponential, capped, with full jitter.
///
/// A random share of the whole interval spreads a crowd of clients best
/// (M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015).
public struct ReconnectBackoff: Sendable {
    /// The longest wait after the first failure; it doubles with each one that follows.
    public var base: Duration
    /// The longest wait for what may heal by itself: a link that returns is used soon.
    public var cap: Duration
    /// The longest wait for what only a person can mend; it waits at least half of this.
    public var hopelessCap: Duration
    /// How long a connection must have worked for the count of failures to begin anew.
    public var stableAfter: Duration
    private let jitter: @Sendable () -> Double

    /// `jitter` gives numbers from 0 up to, but not including, 1.
    public init(
        base: Duration = .milliseconds(50),
        cap: Duration = .seconds(1),
        hopelessCap: Duration = .seconds(10),
        stableAfter: Duration = .seconds(5),
        jitter: @escaping @Sendable () -> Double = { Double.random(in: 0..<1) }
    ) {
        self.base = base
        self.cap = cap
        self.hopelessCap = hopelessCap
        self.stableAfter = stableAfter
        self.jitter = jitter
    }

    /// After so many failures in a row; hopeless ones wait longer, whatever their number.
    public func delay(afterFailures failures: Int, isHopeless: Bool) -> Duration {
        if isHopeless { return hopelessCap / 2 + hopelessCap / 2 * jitter() }
        let doublings = min(max(failures - 1, 0), Self.maxDoublings)
        return min(cap, base * (1 << doublings)) * jitter()
    }

    private static let maxDoublings = 20
}
