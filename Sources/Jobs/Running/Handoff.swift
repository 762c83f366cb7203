import Synchronization

/// Passes values that cannot be copied from one task to another, one at a time.
///
/// The giver waits until the place is free, so it is at most one value ahead of the taker. One task
/// gives, one takes; either may end it.
final class Handoff<Value: ~Copyable & Sendable>: Sendable {
    private let state = Mutex(State())

    private struct State: ~Copyable, Sendable {
        var value: Value?
        var isFinished = false
        var giver: CheckedContinuation<Void, Never>?
        var taker: CheckedContinuation<Void, Never>?

        mutating func wake() {
            giver?.resume()
            giver = nil
            taker?.resume()
            taker = nil
        }
    }

    /// Puts the value down once the last one has been taken; after `finish` it is dropped.
    func give(_ value: consuming Value) async {
        await untilThereIsRoom()
        var value: Value? = consume value
        state.withLock { state in
            guard !state.isFinished else { return }
            state.value = value.take()
            state.wake()
        }
    }

    /// Takes the next value; nil after `finish`, when none is left.
    func take() async -> Value? {
        await untilThereIsSomething()
        return state.withLock { state in
            let value = state.value.take()
            state.wake()
            return value
        }
    }

    /// Whether no more values will be given.
    var isFinished: Bool { state.withLock { $0.isFinished } }

    /// No more values will be given, or none taken.
    func finish() {
        state.withLock { state in
            state.isFinished = true
            state.wake()
        }
    }

    private func untilThereIsRoom() async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.value == nil || state.isFinished { return true }
                state.giver = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    private func untilThereIsSomething() async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.value != nil || state.isFinished { return true }
                state.taker = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
    }
}
