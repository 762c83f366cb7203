import Synchronization

/// Counts what is under way, and lets one task wait until nothing is.
final class Flights: Sendable {
    private let state = Mutex(State())

    private struct State {
        var count = 0
        var isFinished = false
        var waiter: CheckedContinuation<Void, Never>?
    }

    /// One more is under way.
    func begin() { state.withLock { $0.count += 1 } }

    /// One of them has ended.
    func end() {
        let waiter = state.withLock { state in
            state.count -= 1
            guard state.count == 0 else { return nil as CheckedContinuation<Void, Never>? }
            return state.waiter.take()
        }
        waiter?.resume()
    }

    /// Waits until all have ended, or nobody waits any more; one caller at a time.
    func untilNone() async {
        await withCheckedContinuation { continuation in
            let isOver = state.withLock { state in
                let isOver = state.count == 0 || state.isFinished
                if !isOver { state.waiter = continuation }
                return isOver
            }
            if isOver { continuation.resume() }
        }
    }

    /// Nobody needs to wait any more.
    func finish() {
        let waiter = state.withLock { state in
            state.isFinished = true
            return state.waiter.take()
        }
        waiter?.resume()
    }
}
