import Codecs

/// What a batch of jobs comes to, with as few operations as its order allows.
///
/// Applying the plan leaves the cache as applying the jobs one after the other would:
/// a key is removed once, a namespace swallows its keys, of two writes of a key the last wins, and
/// between a removal and a write of one key the order is kept. Removals of other keys move in front
/// of writes, so an ordinary batch is one removal and one write.
///
/// A pure function of the jobs: planning does nothing.
public struct BatchPlan: Sendable, Equatable {
    /// One operation, and the jobs it does.
    public struct Step: Sendable, Equatable {
        /// What to do.
        public var work: Work
        /// Indexes of the jobs that are done once all their steps are.
        public var jobs: [Int]
    }

    /// The kinds of operation.
    public enum Work: Sendable, Equatable {
        /// Removes keys and everything the scopes cover.
        case invalidate(Removal)
        /// Writes entries, each key once.
        case warm([Write])
        /// Asks a named loader for the values of keys.
        case load(Loading, ifAbsent: Bool)
        /// Runs a cleanup task.
        case cleanup(Cleanup)
        /// Runs a registered task.
        case task(TaskCall)
    }

    /// Keys and scopes to remove.
    public struct Removal: Sendable, Equatable {
        /// Full keys, each once, none of them in one of the namespaces.
        public var keys: [String] = []
        /// Tags, each once.
        public var tags: [String] = []
        /// Globs, each once.
        public var patterns: [String] = []
        /// Namespaces, each once.
        public var namespaces: [String] = []
    }

    /// An entry to write.
    public struct Write: Sendable, Equatable {
        /// What to write.
        public var entry: WarmEntry
        /// Whether a present value stays.
        public var ifAbsent: Bool
    }

    /// The steps, to be done in this order.
    public let steps: [Step]

    /// Plans the jobs; a nil has been settled otherwise and keeps its index.
    public init(_ jobs: [Job?]) {
        var planner = BatchPlanner(jobCount: jobs.count)
        for (index, job) in jobs.enumerated() {
            if let job { planner.add(job, index) }
        }
        planner.close()
        steps = planner.steps
    }

    /// Whether all of it is one removal of keys, which commutes with any other.
    var onlyRemovesKeys: Bool {
        guard steps.count == 1, case .invalidate(let removal) = steps[0].work else { return false }
        return removal.tags.isEmpty && removal.patterns.isEmpty && removal.namespaces.isEmpty
    }
}
