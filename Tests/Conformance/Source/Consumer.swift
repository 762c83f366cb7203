import Jobs
import Synchronization
import TestSupport

/// Reads a source as a worker does and remembers what it got.
final class Consumer: Sendable {
    /// What becomes of a batch that was read.
    enum Habit: Sendable {
        /// Every delivery gets the outcome that its body asks for.
        case settle(@Sendable (_ body: String) -> Outcome)
        /// Nothing: the batch is dropped, and its jobs stay with the consumer.
        case hold
    }

    let source: any JobSource
    private let habit: Habit
    private let state = Mutex(State())

    private struct State {
        var batches: [[String]] = []
        var hasEnded = false
    }

    init(_ source: any JobSource, _ habit: Habit) {
        self.source = source
        self.habit = habit
    }

    /// The batches so far, each job as text.
    var batches: [[String]] { state.withLock { $0.batches } }
    var jobs: [String] { batches.flatMap(\.self) }
    var hasEnded: Bool { state.withLock { $0.hasEnded } }

    /// Reads until the source has ended or the task is cancelled.
    func run() async throws {
        while let batch = try await source.nextBatch() {
            let bodies = batch.deliveries.map { String(decoding: $0.body, as: UTF8.self) }
            try require(!bodies.isEmpty, "a batch holds at least one delivery")
            if case .settle(let outcome) = habit { try await batch.settle(bodies.map(outcome)) }
            state.withLock { $0.batches.append(bodies) }
        }
        state.withLock { $0.hasEnded = true }
    }

    /// Lets the consumers read while `body` runs, then closes their sources.
    static func reading(_ consumers: Consumer..., body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            for consumer in consumers {
                group.addTask { await consumer.source.run() }
                group.addTask { try await consumer.run() }
            }
            do {
                try await body()
                group.cancelAll()
                try await group.waitForAll()
            } catch {
                group.cancelAll()
                throw error
            }
        }
        for consumer in consumers { await consumer.source.close() }
    }
}
