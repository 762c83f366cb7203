import Codecs
import Synchronization

/// The state that several in-memory stores share, as several clients share one Redis.
///
/// The embedded mode runs on one of these, and so do the tests of everything above the store.
public final class InMemoryServer: Sendable {
    /// As much journal as a reader may fall behind without losing its tier.
    public static let standardJournalLength = 10_000

    private let journalLength: Int
    let now: @Sendable () -> ContinuousClock.Instant
    /// Where its own clock began.
    private let origin: ContinuousClock.Instant
    let state = Mutex(State())

    /// An empty server with a time of its own.
    public init(
        journalLength: Int = InMemoryServer.standardJournalLength,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.journalLength = journalLength
        self.now = now
        origin = now()
    }

    /// Adds a member to a tag, as a foreign writer may.
    public func addMember(_ key: String, toTag tag: String) {
        state.withLock { _ = $0.tags[ExactString(tag), default: []].insert(ExactString(key)) }
    }

    /// The members of a tag, sorted.
    public func members(ofTag tag: String) -> [String] {
        state.withLock { state in
            (state.tags[ExactString(tag)] ?? []).map(\.string).sorted()
        }
    }

    /// How many keys have a value.
    public var count: Int {
        state.withLock { state in
            state.discardExpired(at: now())
            return state.values.count + state.structures.count
        }
    }

    // MARK: What the stores do

    func values(forKeys keys: [String]) -> StoreReading {
        let now = now()
        return state.withLock { state in
            let values = keys.map { key -> StoredValue? in
                guard let held = state.values[ExactString(key)], held.expiry > now else {
                    return nil
                }
                return StoredValue(bytes: held.bytes, remaining: now.duration(to: held.expiry))
            }
            return StoreReading(values: values, position: state.position)
        }
    }

    func apply(_ change: Change, node: String) -> ChangeReceipt {
        let now = now()
        return state.withLock { state in
            var removed = 0
            for (index, key) in change.removals.enumerated() {
                let stamp = change.removalStamps.isEmpty ? nil : change.removalStamps[index]
                let key = ExactString(key)
                guard state.fences.admitsRemoval(of: key, stamp) else { continue }
                state.fences.removed(key, stamp)
                if state.remove(key, at: now) { removed += 1 }
            }
            let outcomes = change.writes.map { state.write($0, at: now) }
            let position = append(change.announcement, node, &state)
            return ChangeReceipt(position: position, removedCount: removed, outcomes: outcomes)
        }
    }

    func announce(_ announcement: Announcement, node: String) -> LogPosition {
        state.withLock { append(announcement, node, &$0) }
    }

    func purge(
        _ scope: PurgeScope,
        stamp: OrderStamp?,
        node: String
    ) -> (removedCount: Int, announced: (keys: [String], position: LogPosition)?) {
        let now = now()
        return state.withLock { state in
            if let stamp { state.fences.purged(scope, stamp) }
            state.leases.purged(scope, at: now)
            let members = state.keys(in: scope)
            let keys = members.filter { state.fences.admitsRemoval(of: $0, stamp) }
            let removed = keys.filter { state.remove($0, at: now) }.count
            guard case .tag(let tag) = scope, !members.isEmpty else { return (removed, nil) }
            for key in keys { state.fences.removed(key, stamp) }
            let rest = state.tags[ExactString(tag)]?.subtracting(keys) ?? []
            state.tags[ExactString(tag)] = rest.isEmpty ? nil : rest
            let names = members.map(\.string)
            return (removed, (names, append(Announcement(keys: names), node, &state)))
        }
    }

    func keys(matching pattern: String) -> [String] {
        let now = now()
        return state.withLock { state in
            state.discardExpired(at: now)
            return state.keys(in: .pattern(pattern)).map(\.string)
        }
    }

    func removeOrphanedTagMembers() -> Int {
        let now = now()
        return state.withLock { state in
            state.discardExpired(at: now)
            var removed = 0
            for (tag, members) in state.tags {
                let orphans = members.filter {
                    state.values[$0] == nil && state.structures[$0] == nil
                }
                removed += orphans.count
                let rest = members.subtracting(orphans)
                state.tags[tag] = rest.isEmpty ? nil : rest
            }
            return removed
        }
    }

    var position: LogPosition { state.withLock { $0.position } }

    func journal(from sequence: UInt64, limit: Int) -> [ArraySlice<UInt8>] {
        state.withLock { state in
            // Sequences have no gaps, so the place of each is known.
            guard let first = state.journal.first?.sequence else { return [] }
            let skipped = sequence > first ? sequence - first : 0
            guard skipped < state.journal.count else { return [] }
            return state.journal.dropFirst(Int(skipped)).prefix(limit).map { $0.message[...] }
        }
    }

    func heartbeat(node: String, canary: String) {
        state.withLock { state in
            let message = CoherenceMessage(
                position: state.position,
                node: node,
                announcement: Announcement(),
                canary: canary,
                publishedAt: time
            )
            state.publish(message.encoded[...])
        }
    }

    /// Reports to `receive` under the server's lock, which makes the order the same for all.
    func subscribe(_ receive: @escaping @Sendable (CoherenceSignal) -> Void) -> Int {
        state.withLock { state in
            state.lastSubscription += 1
            state.subscribers[state.lastSubscription] = receive
            receive(.subscribed)
            return state.lastSubscription
        }
    }

    func unsubscribe(_ subscription: Int) {
        state.withLock { $0.subscribers[subscription] = nil }
    }

    private var time: Duration { origin.duration(to: now()) }

    func append(
        _ announcement: Announcement,
        _ node: String,
        _ state: inout State
    ) -> LogPosition {
        state.position.sequence += 1
        let bytes = CoherenceMessage(
            position: state.position,
            node: node,
            announcement: announcement,
            publishedAt: time
        )
        .encoded
        state.journal.append((state.position.sequence, bytes))
        if state.journal.count > journalLength { state.journal.removeFirst() }
        state.publish(bytes[...])
        return state.position
    }

    struct State {
        var values: [ExactString: (bytes: [UInt8], expiry: ContinuousClock.Instant)] = [:]
        /// What is no string; a key is in one of the two.
        var structures: [ExactString: InMemoryStructure] = [:]
        var lastMark = 0
        var tags: [ExactString: Set<ExactString>] = [:]
        var fences = FenceBook()
        var leases = LeaseBook()
        var position = LogPosition(epoch: "in-memory", sequence: 0)
        var journal: [(sequence: UInt64, message: [UInt8])] = []
        var subscribers: [Int: @Sendable (CoherenceSignal) -> Void] = [:]
        var lastSubscription = 0
        var watches: [Int: Watching] = [:]

        mutating func remove(_ key: ExactString, at now: ContinuousClock.Instant) -> Bool {
            leases.end(key)
            let value = values.removeValue(forKey: key)?.expiry
            let structure = structures.removeValue(forKey: key)?.expiry
            guard let expiry = value ?? structure else { return false }
            tellWatches(of: key.string)
            return expiry > now
        }

        mutating func write(
            _ write: CacheWrite,
            at now: ContinuousClock.Instant
        ) -> CacheWrite.Outcome {
            let key = ExactString(write.key)
            switch fences.verdict(on: write) {
            case .admitted: break
            case .superseded:
                addTags(write, to: key)
                return .superseded
            case .supersededWithItsKey:
                _ = remove(key, at: now)
                addTags(write, to: key)
                return .superseded
            }
            switch write.condition {
            case .always: break
            case .ifAbsent:
                if let expiry = expiry(of: key), expiry > now { return .present }
            case .leased(let token):
                guard leases.admits(write, token, at: now) else { return .leaseLost }
            }
            leases.end(key)
            fences.written(key, write.stamp)
            structures[key] = nil
            values[key] = (write.value, now + write.timeToLive)
            tellWatches(of: write.key)
            for tag in write.tags { tags[ExactString(tag), default: []].insert(key) }
            return .written
        }

        /// A superseded write gives its key the tags that were not purged since: a later write may
        /// have been made in between, and a purge of the tag must find it.
        private mutating func addTags(_ write: CacheWrite, to key: ExactString) {
            for tag in write.tags where !fences.hasPurged(tag, after: write.stamp) {
                tags[ExactString(tag), default: []].insert(key)
            }
        }

        func keys(in scope: PurgeScope) -> [ExactString] {
            switch scope {
            case .tag(let name): return Array(tags[ExactString(name)] ?? [])
            case .pattern(let text):
                let glob = GlobPattern(text)
                return keys.filter { glob.matches($0.string) }
            case .namespace(let name):
                let prefix = "\(name):"
                return keys.filter { $0.string.utf8.starts(with: prefix.utf8) }
            }
        }

        func expiry(of key: ExactString) -> ContinuousClock.Instant? {
            values[key]?.expiry ?? structures[key]?.expiry
        }

        private var keys: [ExactString] { Array(values.keys) + structures.keys }

        mutating func discardExpired(at now: ContinuousClock.Instant) {
            values = values.filter { $0.value.expiry > now }
            structures = structures.filter { $0.value.expiry > now }
        }

        func publish(_ message: ArraySlice<UInt8>) {
            for receive in subscribers.values { receive(.message(message)) }
        }
    }
}
