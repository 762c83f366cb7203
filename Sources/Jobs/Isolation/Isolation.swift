import Synchronization

/// Lets ordinary batches of a process run side by side, and a suspect alone.
///
/// Suspects take turns. When one has its turn no ordinary batch begins, and the suspect begins when
/// those under way have ended. After each suspect all ordinary batches that wait go first, so
/// neither starves the other. One gate is shared by all workers of a process: what dies then died
/// of the suspect.
///
/// A job may be long, and ordinary ones must not wait for it: so a suspect waits for those under
/// way no longer than `patience`, and holds off others no longer than `solitude`. A process that
/// dies later blames the suspect all the same; it takes several such deaths to bury a job.
public final class Isolation: Sendable {
    /// How long a suspect waits for the batches under way.
    static let patience = Duration.milliseconds(500)
    /// How long a suspect keeps ordinary batches waiting.
    static let solitude = Duration.seconds(5)

    /// Where suspects are charged; the same for all processes.
    let ledger: any SuspectLedger
    private let clock: any Clock<Duration>
    private let state = Mutex(State())

    private struct State {
        /// Ordinary batches under way.
        var ordinaryCount = 0
        /// Whether a suspect has its turn.
        var isTaken = false
        /// Whether ordinary batches have to wait.
        var isClosed = false
        var lastWaiter: UInt64 = 0
        var ordinary: [Waiter] = []
        var suspects: [Waiter] = []
        /// The suspect whose turn it is, while ordinary batches are under way.
        var solitary: Waiter?

        mutating func newWaiter(_ continuation: CheckedContinuation<Bool, Never>) -> Waiter {
            lastWaiter += 1
            return Waiter(number: lastWaiter, continuation: continuation)
        }
    }

    private struct Waiter {
        let number: UInt64
        let continuation: CheckedContinuation<Bool, Never>
    }

    /// A gate that is open, and the ledger of the suspects.
    public init(ledger: any SuspectLedger, clock: any Clock<Duration> = ContinuousClock()) {
        self.ledger = ledger
        self.clock = clock
    }

    /// Does ordinary work; nil when the task was cancelled before it could begin.
    func together<Result: Sendable>(
        _ body: () async -> Result?
    ) async -> Result? {
        // Nearly always: no suspension, no allocation.
        if !tryEnter() { guard await enter() else { return nil } }
        defer { leave() }
        return await body()
    }

    /// Does the work of a suspect; nil when the task was cancelled before it could begin.
    func alone<Result: Sendable>(
        _ body: () async -> Result?
    ) async -> Result? {
        guard await takeTurn() else { return nil }
        defer { endTurn() }
        await limit(Self.patience, then: { $0.beginAnyway() }, { await self.untilSolitary() })
        return await limit(Self.solitude, then: { $0.open() }, body)
    }

    /// How many wait, and for what.
    var waitingCounts: (ordinary: Int, suspects: Int) {
        state.withLock { ($0.ordinary.count, $0.suspects.count) }
    }

    // MARK: Ordinary batches

    private func tryEnter() -> Bool {
        state.withLock { state in
            guard !state.isClosed else { return false }
            state.ordinaryCount += 1
            return true
        }
    }

    private func enter() async -> Bool {
        await wait(in: \.ordinary) { state in
            guard !state.isClosed else { return false }
            state.ordinaryCount += 1
            return true
        }
    }

    private func leave() {
        let solitary = state.withLock { state in
            state.ordinaryCount -= 1
            return state.ordinaryCount == 0 ? state.solitary.take() : nil
        }
        solitary?.continuation.resume(returning: true)
    }

    // MARK: Suspects

    private func takeTurn() async -> Bool {
        await wait(in: \.suspects) { state in
            guard !state.isTaken else { return false }
            state.isTaken = true
            state.isClosed = true
            return true
        }
    }

    private func untilSolitary() async {
        _ = await withCheckedContinuation { continuation in
            let isAlone = state.withLock { state in
                guard state.ordinaryCount > 0, !Task.isCancelled else { return true }
                state.solitary = state.newWaiter(continuation)
                return false
            }
            if isAlone { continuation.resume(returning: true) }
        }
    }

    private func beginAnyway() {
        state.withLock { $0.solitary.take() }?.continuation.resume(returning: true)
    }

    /// Lets ordinary batches begin, though the suspect is still under way.
    private func open() {
        let admitted = state.withLock { state in
            state.isClosed = false
            defer { state.ordinary.removeAll() }
            state.ordinaryCount += state.ordinary.count
            return state.ordinary
        }
        for waiter in admitted { waiter.continuation.resume(returning: true) }
    }

    private func endTurn() {
        open()
        let next = state.withLock { state in
            guard !state.suspects.isEmpty else {
                state.isTaken = false
                return nil as Waiter?
            }
            state.isClosed = true
            return state.suspects.removeFirst()
        }
        next?.continuation.resume(returning: true)
    }

    // MARK: Waiting

    /// Waits in a line until somebody lets it pass; false when the task was cancelled.
    private func wait(
        in line: any WritableKeyPath<State, [Waiter]> & Sendable,
        unless passes: (inout State) -> Bool
    ) async -> Bool {
        let number = Mutex<UInt64?>(nil)
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let answer: Bool? = state.withLock { state in
                    if Task.isCancelled { return false }
                    if passes(&state) { return true }
                    let waiter = state.newWaiter(continuation)
                    number.withLock { $0 = waiter.number }
                    state[keyPath: line].append(waiter)
                    return nil
                }
                if let answer { continuation.resume(returning: answer) }
            }
        } onCancel: {
            // In one step with the look at the cancellation above, or it might come between.
            let waiter = state.withLock { state in
                let number = number.withLock { $0 }
                return state[keyPath: line].firstIndex { $0.number == number }
                    .map { state[keyPath: line].remove(at: $0) }
            }
            waiter?.continuation.resume(returning: false)
        }
    }

    /// Runs `body`, which goes on when it takes longer; calls `late` then, or when it has ended.
    private func limit<Result: Sendable>(
        _ duration: Duration,
        then late: @escaping @Sendable (Isolation) -> Void,
        _ body: () async -> Result
    ) async -> Result {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { [self] in
                _ = try? await clock.sleep(for: duration)
                late(self)
            }
            let result = await body()
            group.cancelAll()
            return result
        }
    }
}
