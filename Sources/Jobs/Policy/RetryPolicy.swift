/// When a job that failed is tried again, and when no more: a pure value.
public struct RetryPolicy: Sendable, Equatable {
    /// How many attempts a job has in all; after the last one it is dead.
    public var maxAttempts: Int
    /// The longest pause after the first attempt; it doubles with each one that follows.
    public var base: Duration
    /// The longest pause at all.
    public var cap: Duration
    /// How long after its first failure a job may be tried; what fails later is dead.
    public var deadline: Duration

    /// A policy from its parts.
    public init(
        maxAttempts: Int = 10,
        base: Duration = .seconds(1),
        cap: Duration = .seconds(600),
        deadline: Duration = .seconds(86_400)
    ) {
        self.maxAttempts = maxAttempts
        self.base = base
        self.cap = cap
        self.deadline = deadline
    }

    /// What becomes of a job whose attempt of this number has failed, so long after its first one
    /// did; `random` is between 0 and 1.
    func outcome(
        afterAttempt attempt: Int,
        failingFor time: Duration = .zero,
        _ cause: DeadLetterCause,
        random: Double
    ) -> Outcome {
        guard attempt < maxAttempts, time < deadline else { return .deadLetter(cause) }
        let pause = Backoff.ceiling(afterAttempt: attempt, base: base, cap: cap) * random
        // A pause beyond the deadline would spend the time that is left on nothing.
        return .retry(after: min(pause, deadline - time), cause)
    }
}
