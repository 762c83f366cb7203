import Synchronization

/// A clock that stands still until the test moves it.
public final class ManualClock: Clock, Sendable {
    /// The same instants as those of the clock it stands in for.
    public typealias Instant = ContinuousClock.Instant

    /// Nothing is rounded.
    public let minimumResolution = Duration.zero
    private let state = Mutex(State())

    private struct Sleeper {
        let deadline: Instant
        let continuation: CheckedContinuation<Void, any Error>
    }

    private struct State {
        var now = ContinuousClock.now
        var sleepers: [Int: Sleeper] = [:]
        var lastSleeper = 0
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    /// A clock that begins now.
    public init() {}

    /// Where the test has put it.
    public var now: Instant { state.withLock { $0.now } }

    /// Sleeps until the test has moved the clock as far; throws when the task is cancelled.
    public func sleep(until deadline: Instant, tolerance: Duration?) async throws {
        let identity = state.withLock { state in
            state.lastSleeper += 1
            return state.lastSleeper
        }
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                add(Sleeper(deadline: deadline, continuation: continuation), identity)
            }
        } onCancel: {
            let sleeper = state.withLock { $0.sleepers.removeValue(forKey: identity) }
            sleeper?.continuation.resume(throwing: CancellationError())
        }
    }

    /// Moves the clock on and wakes whose time has come.
    public func advance(by duration: Duration) {
        let woken = state.withLock { state in
            state.now += duration
            let now = state.now
            let due = state.sleepers.filter { $0.value.deadline <= now }
            for identity in due.keys { state.sleepers[identity] = nil }
            return due.values
        }
        for sleeper in woken { sleeper.continuation.resume() }
    }

    /// Waits until that many tasks are asleep.
    public func untilAsleep(_ count: Int) async {
        await withCheckedContinuation { continuation in
            let isReached = state.withLock { state in
                if state.sleepers.count >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isReached { continuation.resume() }
        }
    }

    private func add(_ sleeper: Sleeper, _ identity: Int) {
        let (isOver, watchers) = state.withLock { state in
            // Cancelled before it fell asleep: the handler has found nobody to wake.
            let isOver = sleeper.deadline <= state.now || Task.isCancelled
            if !isOver { state.sleepers[identity] = sleeper }
            let count = state.sleepers.count
            let reached = state.watchers.filter { $0.count <= count }
            state.watchers.removeAll { $0.count <= count }
            return (isOver, reached)
        }
        if isOver {
            if Task.isCancelled {
                sleeper.continuation.resume(throwing: CancellationError())
            } else {
                sleeper.continuation.resume()
            }
        }
        for watcher in watchers { watcher.continuation.resume() }
    }
}
