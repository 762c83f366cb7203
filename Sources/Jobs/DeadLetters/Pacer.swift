/// Lets so many turns pass in a second, evenly: no burst after a pause.
public struct Pacer<Time: Clock>: Sendable where Time.Duration == Duration {
    private let clock: Time
    private let interval: Duration
    private var next: Time.Instant?

    /// A pacer by that clock; `perSecond` is from 1.
    public init(perSecond: Int, clock: Time) {
        self.clock = clock
        interval = .seconds(1) / max(1, perSecond)
    }

    /// Waits until it is the next one's turn; the first one's is at once.
    ///
    /// Returns early in a cancelled task.
    public mutating func turn() async {
        let now = clock.now
        let due = next.map { max($0, now) } ?? now
        next = due.advanced(by: interval)
        if due > now { _ = try? await clock.sleep(until: due, tolerance: nil) }
    }
}
