/// When a job that failed is tried again, and when no more: a pure value.
public struct RetryPolicy: Sendable, Equatable {
    /// How many attempts a job has in all; after the last one it is dead.
    public var maxAttempts: Int
    /// The longest pause after the first attempt; it doubles with each one that follows.
    public var base: Duration
    /// The longest pause at all.
    public var cap: Duration

    /// A policy from its parts.
    public init(
        maxAttempts: Int = 10,
        base: Duration = .seconds(1),
        cap: Duration = .seconds(600)
    ) {
        self.maxAttempts = maxAttempts
        self.base = base
        self.cap = cap
    }

    /// What becomes of a job whose attempt of this number has failed; `random` is between 0 and 1.
    func outcome(
        afterAttempt attempt: Int,
        _ cause: DeadLetterCause,
        random: Double
    ) -> Outcome {
        guard attempt < maxAttempts else { return .deadLetter(cause) }
        let pause = Backoff.ceiling(afterAttempt: attempt, base: base, cap: cap) * random
        return .retry(after: pause, cause)
    }
}
