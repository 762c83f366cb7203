/// Does what a plan says; the place where jobs meet the cache.
public protocol JobHandler: Sendable {
    /// Does one step. When it returns, the effect is there and announced.
    ///
    /// After an error that waiting helps the same step is asked for again, and after one that a
    /// retry may help the same job: steps are idempotent.
    ///
    /// What it would have written but for later events it leaves alone, and tells.
    func perform(_ work: BatchPlan.Work) async throws(JobError) -> WorkEffect
}

/// What doing a step came to.
public struct WorkEffect: Sendable, Equatable {
    /// Keys whose write was older than what has become of them since.
    public var supersededKeys: [String]

    /// An effect from its parts; by default all was done.
    public init(supersededKeys: [String] = []) { self.supersededKeys = supersededKeys }
}

/// Why a step was not done.
public struct JobError: Error, Sendable, Equatable, CustomStringConvertible {
    /// A word for the dead letters.
    public let reason: String
    /// What happened, in a sentence.
    public let message: String
    /// What may help.
    public let remedy: Remedy

    /// What may help after a failure.
    public enum Remedy: Sendable, Equatable {
        /// Waiting: what all jobs need is away, so going on with the next one would not help.
        case wait
        /// Another attempt at this job, while others go on.
        case retry
        /// Nothing.
        case none
    }

    /// An error from its parts.
    public init(reason: String, _ message: String, remedy: Remedy) {
        self.reason = reason
        self.message = message
        self.remedy = remedy
    }

    /// The sentence alone.
    public var description: String { message }
}
