/// What holds for a job of some kind when it fails or takes too long: a pure value.
public struct JobPolicy: Sendable, Equatable {
    /// When it is tried again after a failure, and when no more.
    public var retries: RetryPolicy
    /// How long one step of it may take.
    public var timeout: Duration

    /// A policy from its parts.
    public init(retries: RetryPolicy = RetryPolicy(), timeout: Duration = .seconds(300)) {
        self.retries = retries
        self.timeout = timeout
    }
}

/// The policies of all kinds of job.
public typealias JobPolicies = PerKind<JobPolicy>

extension PerKind<JobPolicy> {
    /// The shortest time that any step may take.
    var shortestTimeout: Duration {
        Job.Kind.allCases.map { self[$0].timeout }.min() ?? standard.timeout
    }
}
