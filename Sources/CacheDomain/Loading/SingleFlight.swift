import Codecs
import Synchronization

/// Lets all who want the same at the same time share one task.
///
/// Who comes while a task is under way may have to know something that it cannot know any more: it
/// has read before. So the task says when it reads (`seal`), and at its end whether its answer is
/// good for those, too, who have come later. If it is not, the next task begins with them at once.
///
/// A caller that is cancelled leaves; when the last one has left, the task is cancelled.
final class SingleFlight<Value: Sendable>: Sendable {
    /// What a task comes to.
    struct Answer: Sendable {
        let value: Value
        /// Whether it may be given to those who have come after the last `seal`.
        let isForLatecomers: Bool
    }

    /// What the task does; it is told who it is.
    ///
    /// It gives nil when it has found that nobody waits: who has come since begins anew.
    typealias Body = @Sendable (Flight) async throws -> Answer?

    /// How many tasks may go on behind an answer that was given ahead.
    static var maxBehind: Int { 64 }

    private struct Waiter {
        let continuation: CheckedContinuation<Value, any Error>
        let body: Body
    }

    private struct Entry {
        let number: Int
        var waiters: [Int: Waiter] = [:]
        /// Who has a larger number is a latecomer.
        var seal = 0
        /// It goes on though nobody waits.
        var isBehind = false
        var task: Task<Void, Never>?
    }

    private struct State {
        var entries: [ExactString: Entry] = [:]
        /// Of tasks and waiters, in the order of their coming.
        var lastNumber = 0
        var sharedCount = 0

        var behindCount: Int { entries.values.count(where: \.isBehind) }

        mutating func nextNumber() -> Int {
            lastNumber += 1
            return lastNumber
        }
    }

    private let state = Mutex(State())

    /// How many tasks are under way.
    var count: Int { state.withLock { $0.entries.count } }

    /// How many callers have joined a task that was under way.
    var sharedCount: Int { state.withLock { $0.sharedCount } }

    /// A task under way, as it sees itself.
    struct Flight: Sendable {
        fileprivate let owner: SingleFlight
        fileprivate let key: ExactString
        fileprivate let number: Int

        /// What is read from now on is good for all who have come until now.
        func seal() { owner.seal(key, number) }

        /// Gives an answer ahead, and goes on for its own sake; false when too many do.
        func answerAhead(_ answer: Answer) -> Bool { owner.answerAhead(answer, key, number) }

        /// Whether somebody waits for the answer.
        var isAwaited: Bool { owner.isAwaited(key, number) }
    }

    /// The value that a task of the key comes to, one that is under way or else a new one.
    func value(forKey key: String, _ body: @escaping Body) async throws -> Value {
        let key = ExactString(key)
        let number = state.withLock { $0.nextNumber() }
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                join(key, number, Waiter(continuation: continuation, body: body))
            }
        } onCancel: {
            leave(key, number)
        }
    }

    /// Begins a task for which nobody waits, unless one is under way or too many are.
    func begin(forKey key: String, _ body: @escaping Body) {
        let key = ExactString(key)
        state.withLock { state in
            guard state.entries[key] == nil, state.behindCount < Self.maxBehind else { return }
            depart(key, [:], body, isBehind: true, &state)
        }
    }

    // MARK: Callers

    private func join(_ key: ExactString, _ number: Int, _ waiter: Waiter) {
        let isCancelled = state.withLock { state in
            // Cancelled before it came: the handler has found nobody to send away.
            if Task.isCancelled { return true }
            if state.entries[key] == nil {
                depart(key, [number: waiter], waiter.body, isBehind: false, &state)
            } else {
                state.sharedCount += 1
                state.entries[key]?.waiters[number] = waiter
            }
            return false
        }
        if isCancelled { waiter.continuation.resume(throwing: CancellationError()) }
    }

    private func leave(_ key: ExactString, _ number: Int) {
        let (waiter, task) = state.withLock { state -> (Waiter?, Task<Void, Never>?) in
            guard let waiter = state.entries[key]?.waiters.removeValue(forKey: number) else {
                return (nil, nil)
            }
            guard let entry = state.entries[key], entry.waiters.isEmpty, !entry.isBehind else {
                return (waiter, nil)
            }
            state.entries[key] = nil
            return (waiter, entry.task)
        }
        // Behind the lock: the task may wait for another one here, which it leaves as it is
        // cancelled.
        task?.cancel()
        waiter?.continuation.resume(throwing: CancellationError())
    }

    // MARK: Tasks

    private func depart(
        _ key: ExactString,
        _ waiters: [Int: Waiter],
        _ body: @escaping Body,
        isBehind: Bool,
        _ state: inout State
    ) {
        let flight = Flight(owner: self, key: key, number: state.nextNumber())
        var entry = Entry(number: flight.number, waiters: waiters, isBehind: isBehind)
        entry.task = Task { await self.run(flight, body) }
        state.entries[key] = entry
    }

    private func run(_ flight: Flight, _ body: Body) async {
        do {
            guard let answer = try await body(flight) else {
                _ = land(flight) { _ in 0 }
                return
            }
            let waiters = land(flight) { answer.isForLatecomers ? .max : $0.seal }
            for waiter in waiters { waiter.continuation.resume(returning: answer.value) }
        } catch {
            let waiters = land(flight) { _ in .max }
            for waiter in waiters { waiter.continuation.resume(throwing: error) }
        }
    }

    /// Takes the task away, and the waiters up to a number, who get its answer; the others get a
    /// new task.
    private func land(_ flight: Flight, upTo last: (Entry) -> Int) -> [Waiter] {
        state.withLock { state in
            guard let entry = state.entries[flight.key], entry.number == flight.number else {
                return []
            }
            state.entries[flight.key] = nil
            let last = last(entry)
            let late = entry.waiters.filter { $0.key > last }
            if let body = late.values.first?.body {
                depart(flight.key, late, body, isBehind: false, &state)
            }
            return entry.waiters.filter { $0.key <= last }.map(\.value)
        }
    }

    private func seal(_ key: ExactString, _ number: Int) {
        state.withLock { state in
            guard state.entries[key]?.number == number else { return }
            state.entries[key]?.seal = state.lastNumber
        }
    }

    private func answerAhead(_ answer: Answer, _ key: ExactString, _ number: Int) -> Bool {
        let waiters = state.withLock { state -> [Waiter]? in
            guard let entry = state.entries[key], entry.number == number,
                entry.isBehind || state.behindCount < Self.maxBehind
            else { return nil }
            let late = answer.isForLatecomers ? [:] : entry.waiters.filter { $0.key > entry.seal }
            state.entries[key]?.isBehind = true
            state.entries[key]?.waiters = late
            return entry.waiters.filter { late[$0.key] == nil }.map(\.value)
        }
        for waiter in waiters ?? [] { waiter.continuation.resume(returning: answer.value) }
        return waiters != nil
    }

    private func isAwaited(_ key: ExactString, _ number: Int) -> Bool {
        state.withLock { state in
            guard let entry = state.entries[key], entry.number == number else { return false }
            return !entry.waiters.isEmpty
        }
    }
}
