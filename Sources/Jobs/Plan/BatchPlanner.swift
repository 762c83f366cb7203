import Codecs

/// Builds a plan job by job: one open removal, and behind it one open write.
///
/// A removal that touches a key of the open write closes both, and so does a write that would have
/// to answer for the tags of one that may not take place. Cleanups, loads and tasks may read
/// anything, so nothing moves across them.
struct BatchPlanner {
    private(set) var steps: [BatchPlan.Step] = []
    private var removal: OpenRemoval
    private var write = OpenWrite()

    /// A planner for so many jobs, most of which remove one key.
    init(jobCount: Int) { removal = OpenRemoval(keyCapacity: jobCount) }

    mutating func add(_ job: Job, _ index: Int) {
        switch job {
        case .invalidate(let invalidation):
            if write.isTouched(by: invalidation) { close() }
            removal.add(invalidation, index)
        case .warm(let warming):
            if write.lendsTags(to: warming) { close() }
            if !warming.entries.isEmpty { write.add(warming, index) }
            if let loading = warming.loading {
                barrier(.load(loading, ifAbsent: warming.ifAbsent), index)
            }
        case .cleanup(let cleanup): barrier(.cleanup(cleanup), index)
        case .task(let call): barrier(.task(call), index)
        }
    }

    /// Ends the open steps.
    mutating func close() {
        if !removal.jobs.isEmpty {
            steps.append(BatchPlan.Step(work: .invalidate(removal.result), jobs: removal.jobs))
            removal = OpenRemoval(keyCapacity: 0)
        }
        if !write.jobs.isEmpty {
            steps.append(BatchPlan.Step(work: .warm(write.writes), jobs: write.jobs))
            write = OpenWrite()
        }
    }

    private mutating func barrier(_ work: BatchPlan.Work, _ index: Int) {
        close()
        steps.append(BatchPlan.Step(work: work, jobs: [index]))
    }
}

/// Removals that will be one operation.
private struct OpenRemoval {
    private(set) var jobs: [Int] = []
    private var keys: OrderedNames
    private var tags = OrderedNames()
    private var patterns = OrderedNames()
    private var namespaces = OrderedNames()

    init(keyCapacity: Int) { keys = OrderedNames(capacity: keyCapacity) }

    mutating func add(_ invalidation: Invalidation, _ index: Int) {
        jobs.append(index)
        for key in invalidation.keys { keys.insert(key) }
        for tag in invalidation.tags { tags.insert(tag) }
        for pattern in invalidation.patterns { patterns.insert(pattern) }
        for namespace in invalidation.namespaces { namespaces.insert(namespace) }
    }

    var result: BatchPlan.Removal {
        let prefixes = namespaces.list.map { "\($0):" }
        let kept =
            prefixes.isEmpty
            ? keys.list
            : keys.list.filter { key in
                !prefixes.contains { key.utf8.starts(with: $0.utf8) }
            }
        return BatchPlan.Removal(
            keys: kept,
            tags: tags.list,
            patterns: patterns.list,
            namespaces: namespaces.list
        )
    }
}

/// Writes that will be one operation.
private struct OpenWrite {
    private(set) var jobs: [Int] = []
    private(set) var writes: [BatchPlan.Write] = []
    private var places: [ExactString: Int] = [:]

    mutating func add(_ warming: Warming, _ index: Int) {
        jobs.append(index)
        for entry in warming.entries { add(entry, ifAbsent: warming.ifAbsent) }
    }

    private mutating func add(_ entry: WarmEntry, ifAbsent: Bool) {
        guard let place = places[ExactString(entry.key)] else {
            places[ExactString(entry.key)] = writes.count
            writes.append(BatchPlan.Write(entry: entry, ifAbsent: ifAbsent))
            return
        }
        // The earlier write makes the key present, and so decides over one that gives way.
        if ifAbsent { return }
        var entry = entry
        // A tag once given stays, as it would if both writes took place.
        let earlier = writes[place].entry.tags
        let known = Set(entry.tags.map(ExactString.init))
        entry.tags += earlier.filter { !known.contains(ExactString($0)) }
        writes[place] = BatchPlan.Write(entry: entry, ifAbsent: false)
    }

    /// Whether a write that may give way has tags of its own and would be replaced: only the store
    /// knows whether the key gets those.
    func lendsTags(to warming: Warming) -> Bool {
        guard !jobs.isEmpty, !warming.ifAbsent else { return false }
        return warming.entries.contains { entry in
            guard let place = places[ExactString(entry.key)], writes[place].ifAbsent else {
                return false
            }
            let tags = Set(entry.tags.map(ExactString.init))
            return !writes[place].entry.tags.allSatisfy { tags.contains(ExactString($0)) }
        }
    }

    /// Whether removing would undo one of the writes, so that it must not move in front of them.
    func isTouched(by invalidation: Invalidation) -> Bool {
        guard !jobs.isEmpty else { return false }
        // Only the store knows all the tags of a key.
        if !invalidation.tags.isEmpty { return true }
        if invalidation.keys.contains(where: { places[ExactString($0)] != nil }) { return true }
        let globs = invalidation.patterns.map { GlobPattern($0) }
        let prefixes = invalidation.namespaces.map { "\($0):" }
        guard !globs.isEmpty || !prefixes.isEmpty else { return false }
        return writes.contains { write in
            prefixes.contains { write.entry.key.utf8.starts(with: $0.utf8) }
                || globs.contains { $0.matches(write.entry.key) }
        }
    }
}

/// Names in the order they came, each once.
private struct OrderedNames {
    private(set) var list: [String] = []
    private var seen: Set<ExactString> = []

    init(capacity: Int = 0) {
        list.reserveCapacity(capacity)
        seen.reserveCapacity(capacity)
    }

    mutating func insert(_ name: String) {
        if seen.insert(ExactString(name)).inserted { list.append(name) }
    }
}
