/// What a source sees of one of its queues when it looks whether jobs come.
public struct JobFlow: Sendable, Equatable {
    /// The name of the queue, for logs and people; a source names each of them once.
    public let queue: String
    /// Whether jobs wait there that no worker has.
    public let hasWork: Bool
    /// Whether this source would take one now: it is neither full nor paused.
    public let hasCredit: Bool
    /// How far the jobs have come that were handed to this source.
    public let progress: Progress

    /// A number of jobs since something began, a consumer for one; a new beginning is no progress.
    public struct Progress: Sendable, Equatable {
        /// Which beginning it is.
        public let generation: UInt64
        /// How many jobs have come since.
        public let jobs: UInt64

        /// A progress from its parts.
        public init(generation: UInt64 = 0, jobs: UInt64) {
            self.generation = generation
            self.jobs = jobs
        }
    }

    /// A flow from its parts.
    public init(queue: String, hasWork: Bool, hasCredit: Bool, progress: Progress) {
        self.queue = queue
        self.hasWork = hasWork
        self.hasCredit = hasCredit
        self.progress = progress
    }
}
