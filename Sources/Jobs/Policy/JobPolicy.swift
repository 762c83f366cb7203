/// What holds for a job of some kind when it fails, takes too long or comes twice: a pure value.
public struct JobPolicy: Sendable, Equatable {
    /// When it is tried again after a failure, and when no more.
    public var retries: RetryPolicy
    /// How long one step of it may take.
    public var timeout: Duration
    /// How long an event that was done is not done again; zero: its id means nothing.
    public var deduplicationWindow: Duration

    /// A policy from its parts.
    public init(
        retries: RetryPolicy = RetryPolicy(),
        timeout: Duration = .seconds(300),
        deduplicationWindow: Duration = .zero
    ) {
        self.retries = retries
        self.timeout = timeout
        self.deduplicationWindow = deduplicationWindow
    }
}

/// The policies of all kinds of job.
public typealias JobPolicies = PerKind<JobPolicy>

extension PerKind<JobPolicy> {
    /// The shortest time that any step may take.
    var shortestTimeout: Duration {
        Job.Kind.allCases.map { self[$0].timeout }.min() ?? standard.timeout
    }

    /// Whether the ids of events mean anything for some kind.
    var deduplicates: Bool {
        standard.deduplicationWindow > .zero
            || exceptions.values.contains { $0.deduplicationWindow > .zero }
    }
}
