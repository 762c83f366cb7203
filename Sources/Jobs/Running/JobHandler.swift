/// Does what a plan says; the place where jobs meet the cache.
public protocol JobHandler: Sendable {
    /// Does one step. When it returns, the effect is there and announced.
    ///
    /// After a retriable error the same step is asked for again: steps are idempotent.
    func perform(_ work: BatchPlan.Work) async throws(JobError)
}

/// Why a step was not done.
public struct JobError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A word for the dead letters.
    public let reason: String
    /// What happened, in a sentence.
    public let message: String
    /// Whether the same step may succeed later.
    public let isRetriable: Bool

    /// An error from its parts.
    public init(reason: String, _ message: String, isRetriable: Bool) {
        self.reason = reason
        self.message = message
        self.isRetriable = isRetriable
    }

    /// The sentence alone.
    public var description: String { message }
}
