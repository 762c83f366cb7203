import Synchronization

/// Counts what is under way, and lets one task wait until nothing is.
final class Flights: Sendable {
    private let state = Mutex(State())

    private struct State {
        var count = 0
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

    /// Waits until all have ended; one caller at a time.
    func untilNone() async {
        await withCheckedContinuation { continuation in
            let isNone = state.withLock { state in
                if state.count > 0 { state.waiter = continuation }
                return state.count == 0
            }
            if isNone { continuation.resume() }
        }
    }
}
