/// How long to wait before the next attempt: exponential with a cap, and fully jittered, so that
/// many clients of a restarted broker come back spread over the whole time.
public struct AMQPBackoff: Sendable {
    /// The longest first wait; each next one is twice as long.
    public var base: Duration
    /// No wait is longer.
    public var cap: Duration
    private let random: @Sendable (ClosedRange<Double>) -> Double
    private var attempts = 0

    /// A backoff that has not waited yet; `random` gives any number of a range, all as likely.
    public init(
        base: Duration = .milliseconds(100),
        cap: Duration = .seconds(10),
        random: @escaping @Sendable (ClosedRange<Double>) -> Double = { Double.random(in: $0) }
    ) {
        self.base = base
        self.cap = cap
        self.random = random
    }

    /// The wait before the next attempt.
    mutating func next() -> Duration {
        // 2^30 times any sensible base is above any sensible cap.
        let ceiling = min(cap, base * (1 << min(attempts, 30)))
        attempts += 1
        return ceiling * random(0...1)
    }

    /// The wait after an error that time alone will not heal: half the cap at least, so that wrong
    /// passwords do not lock an account.
    func slow() -> Duration { cap * random(0.5...1) }

    mutating func reset() { attempts = 0 }
}
