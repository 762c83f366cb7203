/// What holds for a job of some kind when it fails: a pure value.
public struct JobPolicy: Sendable, Equatable {
    /// When it is tried again after a failure, and when no more.
    public var retries: RetryPolicy

    /// A policy from its parts.
    public init(retries: RetryPolicy = RetryPolicy()) {
        self.retries = retries
    }
}

/// The policies of all kinds of job.
public typealias JobPolicies = PerKind<JobPolicy>
