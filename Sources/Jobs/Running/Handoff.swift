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

        mutating func wake() {
            giver?.resume()
            giver = nil
            taker?.resume()
            taker = nil
        }
    }

    /// Puts the value down once there is room; after `finish` it is dropped.
    func give(_ value: consuming Value) async {
        await untilThereIsRoom()
        let place = Place(value)
        state.withLock { state in
            guard !state.isFinished else { return }
            state.places.append(place)
            state.wake()
        }
    }

    /// Takes the next value; nil after `finish`, when none is left.
    func take() async -> Value? {
        await untilThereIsSomething()
        let place = state.withLock { state in
            let place = state.places.isEmpty ? nil : state.places.removeFirst()
            state.wake()
            return place
        }
        return place?.value.withLock { $0.take() }
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
