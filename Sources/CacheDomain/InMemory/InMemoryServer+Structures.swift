import Codecs
import Synchronization

/// Transactions on data structures, under the one lock of the server.
extension InMemoryServer {
    func perform(
        _ steps: [StructureStep],
        node: String
    ) throws(StoreError) -> StructureReceipt {
        let now = now()
        return try state.withLock { state throws(StoreError) in
            try state.check(steps, at: now)
            let answers = steps.map { state.perform($0, at: now) }
            let copied = steps.filter(\.isOfCopies).map(\.key)
            let position =
                copied.isEmpty ? nil : append(Announcement(keys: copied), node, &state)
            return StructureReceipt(answers: answers, position: position)
        }
    }
}

extension InMemoryServer {
    func removeEmptyWindows(matching pattern: String, olderThan age: Duration) -> Int {
        let (now, glob) = (now(), GlobPattern(pattern))
        return state.withLock { state in
            let old = state.structures.filter { key, held in
                guard let last = held.moments.values.max(), held.expiry > now else { return false }
                return last < now - age && glob.matches(key.string)
            }
            for key in old.keys { state.structures[key] = nil }
            return old.count
        }
    }
}

extension InMemoryServer.State {
    // MARK: Checking

    /// Nothing is done unless everything can be.
    fileprivate func check(
        _ steps: [StructureStep],
        at now: ContinuousClock.Instant
    ) throws(StoreError) {
        var preview: [ExactString: StructurePreview] = [:]
        for step in steps {
            let key = ExactString(step.key)
            var known = preview[key] ?? self.preview(of: key, at: now)
            try known.follow(step)
            preview[key] = known
        }
    }

    private func preview(
        of key: ExactString,
        at now: ContinuousClock.Instant
    ) -> StructurePreview {
        if let held = structures[key], held.expiry > now {
            return StructurePreview(kind: held.kind, text: nil)
        }
        guard let held = values[key], held.expiry > now else {
            return StructurePreview(kind: nil, text: nil)
        }
        return StructurePreview(kind: .string, text: held.bytes)
    }

    // MARK: Doing

    fileprivate mutating func perform(
        _ step: StructureStep,
        at now: ContinuousClock.Instant
    ) -> StructureAnswer {
        discardExpired(step.key, at: now)
        return step.isReading ? read(step, at: now) : change(step, at: now)
    }

    private mutating func discardExpired(_ key: String, at now: ContinuousClock.Instant) {
        let key = ExactString(key)
        if let held = values[key], held.expiry <= now { values[key] = nil }
        if let held = structures[key], held.expiry <= now { structures[key] = nil }
    }

    private func read(_ step: StructureStep, at now: ContinuousClock.Instant) -> StructureAnswer {
        let key = ExactString(step.key)
        let held = structures[key]
        switch step {
        case .value: return .bytes(values[key]?.bytes)
        case .fields:
            return .fields((held?.fields ?? [:]).map { StructureField($0.string, $1) })
        case .elements: return .elements(held?.elements ?? [])
        case .markCount(_, let window):
            return .number((held?.moments ?? [:]).values.count { $0 > now - window })
        case .members:
            let members = (held?.moments ?? [:]).filter { $0.value > now }.keys
            return .elements(
                members.map { Array($0.string.utf8) }
                    .sorted { $0.lexicographicallyPrecedes($1) }
            )
        case .exists: return .number(expiry(of: key) != nil ? 1 : 0)
        default:
            guard let expiry = expiry(of: key) else {
                return .lifetime(.absent)
            }
            return .lifetime(.remaining(now.duration(to: expiry)))
        }
    }

    private mutating func change(
        _ step: StructureStep,
        at now: ContinuousClock.Instant
    ) -> StructureAnswer {
        let key = ExactString(step.key)
        if step.isOfCopies { leases.end(key) }
        switch step {
        case .setValue(_, let bytes, let timeToLive):
            structures[key] = nil
            values[key] = (bytes, now + timeToLive)
            tellWatches(of: step.key)
            return .done
        case .add(_, let amount, let timeToLive):
            let sum = (values[key].flatMap { StructurePreview.number($0.bytes) } ?? 0) + amount
            values[key] = (Array("\(sum)".utf8), values[key]?.expiry ?? now + timeToLive)
            tellWatches(of: step.key)
            return .number(sum)
        case .setFields(_, let fields, let replaces, let timeToLive):
            set(fields, of: key, replaces, until: now + timeToLive)
            return .done
        case .append(_, let element, let limit, let timeToLive):
            let elements = ((structures[key]?.elements ?? []) + [element]).suffix(limit)
            structures[key] = InMemoryStructure(
                content: .list(Array(elements)),
                expiry: now + timeToLive
            )
            return .number(elements.count)
        case .mark(_, let window, let limit, let timeToLive):
            return mark(key, window, limit, timeToLive, at: now)
        case .addMember(_, let member, let timeToLive):
            add(member, to: key, until: now + timeToLive, at: now)
            return .done
        case .dropMembers(_, let members):
            var left = (structures[key]?.moments ?? [:]).filter { $0.value > now }
            for member in members { left[ExactString(member)] = nil }
            structures[key]?.content = .sortedSet(left)
            if left.isEmpty { structures[key] = nil }
            return .done
        case .expire(_, let timeToLive):
            guard expiry(of: key) != nil else { return .number(0) }
            values[key]?.expiry = now + timeToLive
            structures[key]?.expiry = now + timeToLive
            return .number(1)
        default:
            let existed = expiry(of: key) != nil
            _ = remove(key, at: now)
            return .number(existed ? 1 : 0)
        }
    }

    private mutating func set(
        _ fields: [StructureField],
        of key: ExactString,
        _ replaces: Bool,
        until expiry: ContinuousClock.Instant
    ) {
        var all = replaces ? [:] : structures[key]?.fields ?? [:]
        for field in fields { all[ExactString(field.name)] = field.value }
        structures[key] =
            all.isEmpty ? nil : InMemoryStructure(content: .hash(all), expiry: expiry)
    }

    private mutating func mark(
        _ key: ExactString,
        _ window: Duration,
        _ limit: Int?,
        _ timeToLive: Duration,
        at now: ContinuousClock.Instant
    ) -> StructureAnswer {
        var marks = (structures[key]?.moments ?? [:]).filter { $0.value > now - timeToLive }
        let counted = marks.values.filter { $0 > now - window }.sorted()
        if let limit, counted.count >= limit {
            // Room is when all but one less than the limit have left.
            let last = limit > 0 ? counted[counted.count - limit] : nil
            let retry = last.map { now.duration(to: $0 + window) }
            return .admission(
                Admission(isAdmitted: false, count: counted.count, retryAfter: retry)
            )
        }
        lastMark += 1
        marks[ExactString("\(lastMark)")] = now
        structures[key] = InMemoryStructure(
            content: .sortedSet(marks),
            expiry: max(now + timeToLive, structures[key]?.expiry ?? now)
        )
        return .admission(Admission(isAdmitted: true, count: counted.count + 1))
    }

    private mutating func add(
        _ member: String,
        to key: ExactString,
        until expiry: ContinuousClock.Instant,
        at now: ContinuousClock.Instant
    ) {
        var members = (structures[key]?.moments ?? [:]).filter { $0.value > now }
        let name = ExactString(member)
        members[name] = max(expiry, members[name] ?? expiry)
        structures[key] = InMemoryStructure(
            content: .sortedSet(members),
            expiry: max(expiry, structures[key]?.expiry ?? expiry)
        )
    }
}
