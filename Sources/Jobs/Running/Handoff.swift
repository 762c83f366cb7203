import Synchronization

/// Passes values that cannot be copied from one task to another, in their order.
///
/// The giver waits until there is room: it is at most so many values ahead of the taker as the
/// handoff holds, usually one. One task gives, one takes; either may end it.
final class Handoff<Value: ~Copyable & Sendable>: Sendable {
    private let capacity: Int
    private let state = Mutex(State())

    /// A handoff that holds so many values, from 1.
    init(capacity: Int = 1) { self.capacity = capacity }

    /// A list cannot hold what cannot be copied.
    private final class Place: Sendable {
        let value: Mutex<Value?>

        init(_ value: consuming Value) { self.value = Mutex(value) }
    }

    private struct State: ~Copyable, Sendable {
        var places: [Place] = []
        var isFinished = false
        var giver: CheckedContinuation<Void, Never>?
        var taker: CheckedContinuation<Void, Never>?

        /// Takes away who waits, to be woken.
        mutating func sleepers() -> [CheckedContinuation<Void, Never>] {
            defer {
                giver = nil
                taker = nil
            }
            return [giver, taker].compactMap(\.self)
        }
    }

    /// Puts the value down once there is room; after `finish` it is dropped.
    func give(_ value: consuming Value) async {
        await untilThereIsRoom()
        let place = Place(value)
        change { state in
            if !state.isFinished { state.places.append(place) }
        }
    }

    /// Takes the next value; nil after `finish`, when none is left.
    func take() async -> Value? {
        await untilThereIsSomething()
        let place = change { $0.places.isEmpty ? nil : $0.places.removeFirst() }
        return place?.value.withLock { $0.take() }
    }

    /// Whether no more values will be given.
    var isFinished: Bool { state.withLock { $0.isFinished } }

    /// No more values will be given, or none taken.
    func finish() {
        change { $0.isFinished = true }
    }

    /// Changes the state, and then wakes who waits, behind the lock.
    ///
    /// To resume takes a lock of the task. That one is held while a task is cancelled, and its
    /// handler may finish the handoff, which takes ours.
    private func change<Result: Sendable>(_ body: (inout State) -> Result) -> Result {
        let (result, sleepers) = state.withLock { state in
            let result = body(&state)
            return (result, state.sleepers())
        }
        for sleeper in sleepers { sleeper.resume() }
        return result
    }

    private func untilThereIsRoom() async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if state.places.count < capacity || state.isFinished { return true }
                state.giver = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
    }

    private func untilThereIsSomething() async {
        await withCheckedContinuation { continuation in
            let isReady = state.withLock { state in
                if !state.places.isEmpty || state.isFinished { return true }
                state.taker = continuation
                return false
            }
            if isReady { continuation.resume() }
        }
    }
}
