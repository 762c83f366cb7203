import Codecs

@testable import Jobs

/// A naive cache that does jobs one by one, or plans, and so tells whether they come to the same.
struct PlanModel: Equatable {
    struct Value: Equatable {
        var bytes: [UInt8]
        var timeToLive: Duration?
    }

    private(set) var values: [ExactString: Value] = [:]
    private(set) var tags: [ExactString: Set<ExactString>] = [:]
    /// What loads, cleanups and tasks found, which may be anything: the whole cache.
    private(set) var observations: [Observation] = []

    struct Observation: Equatable {
        let work: BatchPlan.Work
        let values: [ExactString: Value]
        let tags: [ExactString: Set<ExactString>]
    }

    mutating func perform(_ job: Job) {
        switch job {
        case .invalidate(let invalidation):
            remove(
                BatchPlan.Removal(
                    keys: invalidation.keys,
                    tags: invalidation.tags,
                    patterns: invalidation.patterns,
                    namespaces: invalidation.namespaces
                )
            )
        case .warm(let warming):
            for entry in warming.entries { write(entry, ifAbsent: warming.ifAbsent) }
            if let loading = warming.loading { observe(.load(loading, ifAbsent: warming.ifAbsent)) }
        case .cleanup(let cleanup): observe(.cleanup(cleanup))
        case .task(let call): observe(.task(call))
        }
    }

    mutating func perform(_ plan: BatchPlan) {
        for step in plan.steps {
            switch step.work {
            case .invalidate(let removal): remove(removal)
            case .warm(let writes):
                for item in writes { write(item.entry, ifAbsent: item.ifAbsent) }
            default: observe(step.work)
            }
        }
    }

    private mutating func observe(_ work: BatchPlan.Work) {
        observations.append(Observation(work: work, values: values, tags: tags))
    }

    private mutating func remove(_ removal: BatchPlan.Removal) {
        for key in removal.keys { values[ExactString(key)] = nil }
        for tag in removal.tags {
            for key in tags[ExactString(tag)] ?? [] { values[key] = nil }
            tags[ExactString(tag)] = nil
        }
        for pattern in removal.patterns {
            let glob = GlobPattern(pattern)
            values = values.filter { !glob.matches($0.key.string) }
        }
        for namespace in removal.namespaces {
            values = values.filter { !$0.key.string.utf8.starts(with: "\(namespace):".utf8) }
        }
    }

    private mutating func write(_ entry: WarmEntry, ifAbsent: Bool) {
        let key = ExactString(entry.key)
        if ifAbsent, values[key] != nil { return }
        values[key] = Value(bytes: entry.value, timeToLive: entry.timeToLive)
        for tag in entry.tags { tags[ExactString(tag), default: []].insert(key) }
    }
}
