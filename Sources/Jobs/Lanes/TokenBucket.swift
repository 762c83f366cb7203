/// Whether the next jobs may begin, by a rate: a pure function of time and of what was taken.
///
/// Tokens gather at the rate up to a tenth of a second's worth, so that a pause is followed by no
/// burst, and jobs still go in batches. Taking more than there is makes a debt, which the next
/// ones wait for: on average the rate holds whatever a server hands over at once.
public struct TokenBucket: Sendable {
    /// So long an unused rate is saved up.
    static let savedTime = Duration.milliseconds(100)

    private let tokensPerSecond: Double
    private let capacity: Double
    private var tokens: Double
    private var last: ContinuousClock.Instant?

    /// A full bucket.
    public init(_ rate: JobRate) {
        tokensPerSecond = Double(rate.jobs) / (rate.period / .seconds(1))
        capacity = max(1, tokensPerSecond * (Self.savedTime / .seconds(1)))
        tokens = capacity
    }

    /// The most that may be taken at once.
    public var burst: Int { Int(capacity) }

    /// How many jobs may begin now.
    public mutating func available(at now: ContinuousClock.Instant) -> Int {
        refill(at: now)
        return max(0, Int(tokens))
    }

    /// So many jobs begin now.
    public mutating func take(_ count: Int, at now: ContinuousClock.Instant) {
        refill(at: now)
        tokens -= Double(count)
    }

    /// How long to wait before it pays to take some: until the bucket is half full.
    public mutating func pause(at now: ContinuousClock.Instant) -> Duration {
        refill(at: now)
        let wanted = max(1, capacity / 2)
        // A nanosecond more than needed: rounding must not lead to another pause of nothing.
        return tokens >= wanted
            ? .zero : .seconds((wanted - tokens) / tokensPerSecond) + .nanoseconds(1)
    }

    private mutating func refill(at now: ContinuousClock.Instant) {
        let passed = last?.duration(to: now) ?? .zero
        last = max(now, last ?? now)
        guard passed > .zero else { return }
        tokens = min(capacity, tokens + passed / .seconds(1) * tokensPerSecond)
    }
}
