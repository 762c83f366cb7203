/// Judges the reads of all nodes by what the store had.
struct Verdicts {
    /// While a node may be listening to the wrong server its copies may be older.
    struct Exception {
        let slot: Int
        let start: UInt64
        let end: UInt64
        let bound: UInt64
    }

    /// A change that Redis does not make in one step with its message: who has read the old value
    /// may serve it until the change is announced, which is when its caller is told.
    private struct SlowChange {
        let key: Int
        let begin: UInt64
        var end: UInt64?
    }

    private struct Place {
        let sequence: UInt64
        let epoch: UInt64
    }

    private struct Reader: Hashable {
        let slot: Int
        let incarnation: Int
        let key: Int
    }

    private struct Seen {
        let value: UInt64
        let end: UInt64
    }

    private static let keptSlowChanges = 20_000

    private let bound: UInt64
    var truth: Truth
    var findings = Findings()
    var statistics = NodeStatistics()
    var exceptions: [Exception] = []
    /// Whether the log's numbers tell the order of the values.
    private let isOrderedByLog: Bool
    private var pending: [Int: PendingReads] = [:]
    private var slowChanges: [UInt64: SlowChange] = [:]
    private var oldSlowChanges: [UInt64] = []
    private var places: [UInt64: Place] = [:]
    private var newest: [Reader: Seen] = [:]

    init(keyCount: Int, bound: UInt64, isOrderedByLog: Bool) {
        truth = Truth(keyCount: keyCount)
        self.bound = bound
        self.isOrderedByLog = isOrderedByLog
    }

    mutating func take(_ record: Record) {
        switch record.kind {
        case .read, .final: pending[record.slot, default: PendingReads()].append(record)
        case .begin:
            findings.changes += 1
            truth.wrote(record.value, at: record.start)
            guard !record.isAtomic else { return }
            slowChanges[record.value] = SlowChange(key: record.key, begin: record.start)
            oldSlowChanges.append(record.value)
            if oldSlowChanges.count > Self.keptSlowChanges {
                // What has no end yet is kept.
                for value in oldSlowChanges.prefix(Self.keptSlowChanges / 2)
                where slowChanges[value]?.end != nil {
                    slowChanges[value] = nil
                }
                oldSlowChanges.removeFirst(Self.keptSlowChanges / 2)
            }
        case .end: slowChanges[record.value]?.end = record.end
        case .place: places[record.value] = Place(sequence: record.start, epoch: record.end)
        case .statistics: statistics.note(record)
        }
    }

    /// Judges all reads that began before the last look asked.
    mutating func judge() {
        for slot in pending.keys {
            while let read = pending[slot]?.popFirst(before: truth.lastLook) { judge(read) }
        }
    }

    private mutating func judge(_ read: Record) {
        findings.reads += 1
        guard read.value != 0 else { return }
        if read.end <= truth.lastLook {
            truth.mention(
                read.value,
                from: read.start,
                to: read.end,
                isAnswer: read.origin == .remote
            )
        }
        judgeOrder(of: read)
        guard read.origin == .local else { return }
        findings.localReads += 1
        let age = truth.age(of: read.value, at: read.start)
        if read.kind == .final { judgeEnd(read, age) }
        guard age.most > 0 else { return }
        let bound = bound(of: read)
        let least = age.least > bound ? leastAfterAnnouncement(read, age) : age.least
        findings.worst = max(findings.worst, least)
        if least > bound {
            findings.stalePast += 1
            findings.note("past the bound", read, Truth.Age(least: least, most: age.most))
        } else if age.most > bound, age.least <= bound {
            findings.undecided += 1
        } else {
            findings.staleWithin += 1
        }
    }

    private mutating func judgeEnd(_ read: Record, _ age: Truth.Age) {
        findings.finalReads += 1
        guard truth.current[read.key] != read.value else { return }
        findings.staleAtEnd += 1
        findings.note("stale at the end", read, age)
    }

    private func bound(of read: Record) -> UInt64 {
        exceptions.filter { $0.slot == read.slot && ($0.start...$0.end).contains(read.start) }
            .map(\.bound).max() ?? bound
    }

    /// The age counted from when the last change that may have made the copy old was announced.
    private func leastAfterAnnouncement(_ read: Record, _ age: Truth.Age) -> UInt64 {
        guard let goneBy = truth.end(of: read.value) else { return age.least }
        var counted = goneBy
        for change in slowChanges.values
        where change.key == read.key || change.key == Record.everyKey {
            let end = change.end ?? .max
            if change.begin <= goneBy, end > counted { counted = end }
        }
        return read.start > counted ? read.start - counted : 0
    }

    // MARK: Order

    /// A node must not read something, and then what came before it.
    private mutating func judgeOrder(of read: Record) {
        let reader = Reader(slot: read.slot, incarnation: read.incarnation, key: read.key)
        guard let seen = newest[reader], seen.value != read.value else {
            newest[reader] = newest[reader] ?? Seen(value: read.value, end: read.end)
            return
        }
        guard isBefore(read.value, seen.value) else {
            newest[reader] = Seen(value: read.value, end: read.end)
            return
        }
        if seen.end < read.start {
            findings.behind += 1
            findings.note(
                "behind \(seen.value)",
                read,
                truth.age(of: read.value, at: read.start)
            )
        }
    }

    private func isBefore(_ old: UInt64, _ new: UInt64) -> Bool {
        if isOrderedByLog, let first = places[old], let second = places[new],
            first.epoch == second.epoch, truth.areOfOneLife(old, new)
        {
            return first.sequence < second.sequence
        }
        return truth.isBefore(old, new)
    }
}

/// Reads of one node in the order in which they ended.
private struct PendingReads {
    /// Judged ones that are kept, so that not each of them moves all others.
    private static let keptReads = 10_000

    private var reads: [Record] = []
    private var first = 0

    mutating func append(_ read: Record) { reads.append(read) }

    /// The next one, if it began before `time`.
    mutating func popFirst(before time: UInt64) -> Record? {
        guard first < reads.count, reads[first].start < time else { return nil }
        defer {
            first += 1
            if first == Self.keptReads {
                reads.removeFirst(first)
                first = 0
            }
        }
        return reads[first]
    }
}
