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

    mutating func add(_ job: Job, _ index: Int, _ stamp: OrderStamp? = nil) {
        switch job {
        case .invalidate(let invalidation):
            if write.isTouched(by: invalidation) { close() }
            removal.add(invalidation, index, stamp)
        case .warm(let warming):
            if write.lendsTags(to: warming) || write.isOfAnotherClock(than: warming, stamp) {
                close()
            }
            if !warming.entries.isEmpty { write.add(warming, index, stamp) }
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
    private var keys: StampedNames
    private var tags = StampedNames()
    private var patterns = StampedNames()
    private var namespaces = StampedNames()

    init(keyCapacity: Int) { keys = StampedNames(capacity: keyCapacity) }

    mutating func add(_ invalidation: Invalidation, _ index: Int, _ stamp: OrderStamp?) {
        jobs.append(index)
        for key in invalidation.keys { keys.insert(key, stamp) }
        for tag in invalidation.tags { tags.insert(tag, stamp) }
        for pattern in invalidation.patterns { patterns.insert(pattern, stamp) }
        for namespace in invalidation.namespaces { namespaces.insert(namespace, stamp) }
    }

    var result: BatchPlan.Removal {
        let kept = keysOutsideNamespaces
        return BatchPlan.Removal(
            keys: kept.list,
            tags: tags.list,
            patterns: patterns.list,
            namespaces: namespaces.list,
            stamps: BatchPlan.Removal.Stamps(
                keys: kept.stamps,
                tags: tags.stamps,
                patterns: patterns.stamps,
                namespaces: namespaces.stamps
            )
        )
    }

    /// All keys but those that one of the namespaces swallows, as late as they are asked for.
    private var keysOutsideNamespaces: StampedNames {
        if namespaces.list.isEmpty { return keys }
        let prefixes = namespaces.list.enumerated()
            .map { place, name in
                (
                    text: "\(name):",
                    stamp: namespaces.stamps.isEmpty ? nil : namespaces.stamps[place]
                )
            }
        var kept = keys
        kept.remove { key, stamp in
            prefixes.contains { prefix in
                prefix.stamp?.clock == stamp?.clock
                    && !(stamp.map { prefix.stamp?.isOlder(than: $0) ?? true } ?? false)
                    && key.utf8.starts(with: prefix.text.utf8)
            }
        }
        return kept
    }
}

/// Writes that will be one operation.
private struct OpenWrite {
    private(set) var jobs: [Int] = []
    private(set) var writes: [BatchPlan.Write] = []
    private var places: [ExactString: Int] = [:]

    mutating func add(_ warming: Warming, _ index: Int, _ stamp: OrderStamp?) {
        jobs.append(index)
        for entry in warming.entries { add(entry, ifAbsent: warming.ifAbsent, stamp) }
    }

    private mutating func add(_ entry: WarmEntry, ifAbsent: Bool, _ stamp: OrderStamp?) {
        guard let place = places[ExactString(entry.key)] else {
            places[ExactString(entry.key)] = writes.count
            writes.append(BatchPlan.Write(entry: entry, ifAbsent: ifAbsent, stamp: stamp))
            return
        }
        // The earlier write makes the key present, and so decides over one that gives way.
        if ifAbsent { return }
        var entry = entry
        // A tag once given stays, as it would if both writes took place.
        let earlier = writes[place].entry.tags
        let known = Set(entry.tags.map(ExactString.init))
        entry.tags += earlier.filter { !known.contains(ExactString($0)) }
        writes[place] = BatchPlan.Write(entry: entry, ifAbsent: false, stamp: stamp)
    }

    /// Whether a key of it would be written twice with stamps that cannot be compared: then only
    /// the store knows which of both is superseded.
    func isOfAnotherClock(than warming: Warming, _ stamp: OrderStamp?) -> Bool {
        guard !jobs.isEmpty else { return false }
        return warming.entries.contains { entry in
            guard let place = places[ExactString(entry.key)] else { return false }
            return writes[place].stamp?.clock != stamp?.clock
        }
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
