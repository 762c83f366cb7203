import Synchronization

/// The last events of caches, in memory: for who looks at them now and then.
public final class EventRecord: CacheObserver {
    /// How many events it has room for, unless it is told otherwise.
    public static let maxEvents = 1000

    private let limit: Int
    private let state = Mutex<(events: [CacheEvent], oldest: Int)>(([], 0))

    /// A record that forgets the oldest event for one that is too many.
    public init(limit: Int = EventRecord.maxEvents) {
        self.limit = max(1, limit)
    }

    /// Keeps the event.
    public func observe(_ event: CacheEvent) {
        state.withLock { state in
            guard state.events.count == limit else { return state.events.append(event) }
            state.events[state.oldest] = event
            state.oldest = (state.oldest + 1) % limit
        }
    }

    /// The events, oldest first.
    public var events: [CacheEvent] {
        state.withLock { Array($0.events[$0.oldest...] + $0.events[..<$0.oldest]) }
    }

    /// What was invalidated, and why, oldest first.
    public var invalidations: [InvalidationReport] {
        events.compactMap { if case .invalidated(let report) = $0 { report } else { nil } }
    }
}
