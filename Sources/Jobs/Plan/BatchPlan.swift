public import Codecs

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
        /// When each of them was asked for, as far as it is known.
        public var stamps = Stamps()

        /// One stamp for each name of a list, or none at all.
        ///
        /// A name that was asked for by several clocks stands in its list once for each.
        public struct Stamps: Sendable, Equatable {
            /// Those of the keys.
            public var keys: [OrderStamp?] = []
            /// Those of the tags.
            public var tags: [OrderStamp?] = []
            /// Those of the patterns.
            public var patterns: [OrderStamp?] = []
            /// Those of the namespaces.
            public var namespaces: [OrderStamp?] = []
        }
    }

    /// An entry to write.
    public struct Write: Sendable, Equatable {
        /// What to write.
        public var entry: WarmEntry
        /// Whether a present value stays.
        public var ifAbsent: Bool
        /// When it was asked for, if that is known.
        public var stamp: OrderStamp?
    }

    /// The steps, to be done in this order.
    public let steps: [Step]

    /// Plans the jobs; a nil has been settled otherwise and keeps its index.
    ///
    /// Where there are stamps, one for each job, they say which of two jobs is the later one.
    public init(_ jobs: [Job?], stamps: [OrderStamp?] = []) {
        var planner = BatchPlanner(jobCount: jobs.count)
        let order = StampOrder.indexes(of: stamps)
        for place in jobs.indices {
            let index = order.map { $0[place] } ?? place
            guard let job = jobs[index] else { continue }
            planner.add(job, index, stamps.isEmpty ? nil : stamps[index])
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
