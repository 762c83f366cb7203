/// How long to pause between two looks at what another process is loading: short at first, since
/// most loads are, and longer from time to time.
struct WaitPace {
    static let first = Duration.milliseconds(5)
    static let longest = Duration.milliseconds(100)

    private var pause = Self.first

    /// The next pause; no longer than the lease has left, since it may end then.
    mutating func next(leaseEndsIn remaining: Duration) -> Duration {
        defer { pause = min(pause * 2, Self.longest) }
        return max(.milliseconds(1), min(pause, remaining))
    }
}
