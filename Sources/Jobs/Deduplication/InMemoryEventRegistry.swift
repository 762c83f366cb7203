import Codecs
import Synchronization

/// A registry in this process: the twin of that on Redis.
public final class InMemoryEventRegistry: EventRegistry {
    private let maxCount: Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state = Mutex<[ExactString: Entry]>([:])

    private struct Entry {
        /// Nil for an event that was done.
        let owner: ExactString?
        let end: ContinuousClock.Instant
    }

    /// An empty registry for so many events; one more displaces others.
    public init(
        maxCount: Int = 100_000,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.maxCount = maxCount
        self.now = now
    }

    /// How many events it remembers.
    public var count: Int {
        let now = now()
        return state.withLock { $0.values.count { $0.end > now } }
    }

    /// Claims events.
    public func claim(_ claims: [EventClaim]) async throws(SourceError) -> [EventClaim.Answer] {
        let now = now()
        return state.withLock { entries in
            claims.map { claim in
                let (event, owner) = (ExactString(claim.event), ExactString(claim.owner))
                if let entry = entries[event], entry.end > now {
                    guard let other = entry.owner else { return .duplicate }
                    guard claim.mayResume, other == owner else { return .taken }
                }
                makeRoom(in: &entries, at: now)
                entries[event] = Entry(owner: owner, end: now + claim.lifetime)
                return .granted
            }
        }
    }

    /// Says what became of events.
    public func settle(_ settlements: [EventSettlement]) async throws(SourceError) {
        let now = now()
        state.withLock { entries in
            for settlement in settlements {
                let event = ExactString(settlement.event)
                if let entry = entries[event], entry.end > now,
                    entry.owner != ExactString(settlement.owner)
                {
                    continue
                }
                entries[event] = settlement.doneFor.map { Entry(owner: nil, end: now + $0) }
            }
        }
    }

    private func makeRoom(
        in entries: inout [ExactString: Entry],
        at now: ContinuousClock.Instant
    ) {
        guard entries.count >= maxCount else { return }
        entries = entries.filter { $0.value.end > now }
        while entries.count >= maxCount, let other = entries.keys.first { entries[other] = nil }
    }
}
