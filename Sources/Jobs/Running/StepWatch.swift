import Synchronization

/// Ends steps that take too long, and tells when one does not let itself be ended.
///
/// Nothing is done for a step that ends in time but to remember when it began. The look at the
/// clock is a task of its own, which does not depend on the executor of the steps: a step that
/// holds up that executor is seen all the same.
final class StepWatch: Sendable {
    /// A step that is still under way long after it was cancelled.
    struct Hang: Sendable, Equatable {
        let kind: Job.Kind
        let limit: Duration
    }

    private let policies: JobPolicies
    private let time: WorkerTime
    private let state = Mutex(State())

    private struct State {
        var entries: [Entry] = []
        var lastNumber: UInt64 = 0
    }

    private struct Entry {
        let number: UInt64
        let kind: Job.Kind
        let step: WatchedStep
        var deadline: ContinuousClock.Instant
        var isCancelled = false
    }

    init(_ policies: JobPolicies, _ time: WorkerTime) {
        self.policies = policies
        self.time = time
    }

    /// Does the work; cancels it when it takes longer than its kind allows.
    ///
    /// What ends well after all is done; what was cancelled and fails has the reason `timeout`.
    func perform(
        _ work: BatchPlan.Work,
        by handler: any JobHandler
    ) async throws(JobError) -> WorkEffect {
        let step = WatchedStep()
        let number = begin(step, work.kind)
        let result = await withTaskGroup(of: Void.self) { group in
            group.addTask {
                do throws(JobError) {
                    step.end(.success(try await handler.perform(work)))
                } catch {
                    step.end(.failure(error))
                }
            }
            if await step.untilOver() == .timeout { group.cancelAll() }
            await group.waitForAll()
            return step.result
        }
        end(number)
        let error: JobError
        switch result {
        case .success(let effect): return effect
        case .failure(let failure): error = failure
        case nil: return WorkEffect()
        }
        // A worker that is given up cancels its steps too, which is nobody's fault.
        guard step.isTimedOut, !Task.isCancelled else { throw error }
        throw JobError(
            reason: "timeout",
            "it took longer than \(policies[work.kind].timeout)",
            remedy: .retry
        )
    }

    /// Looks at the clock when some step may have taken too long, until the task is cancelled.
    func run(_ report: @Sendable (Hang) -> Void) async {
        while await time.pause(nextLook()) {
            for hang in look() { report(hang) }
        }
    }

    private func begin(_ step: WatchedStep, _ kind: Job.Kind) -> UInt64 {
        let deadline = time.now().advanced(by: policies[kind].timeout)
        return state.withLock { state in
            state.lastNumber += 1
            state.entries.append(
                Entry(number: state.lastNumber, kind: kind, step: step, deadline: deadline)
            )
            return state.lastNumber
        }
    }

    private func end(_ number: UInt64) {
        state.withLock { state in
            // A worker has a handful of steps under way.
            state.entries.removeAll { $0.number == number }
        }
    }

    /// No step that begins meanwhile can be late before that.
    private func nextLook() -> Duration {
        let now = time.now()
        let shortest = policies.shortestTimeout
        let first = state.withLock { $0.entries.map(\.deadline).min() }
        return max(.zero, min(first.map(now.duration) ?? shortest, shortest))
    }

    /// Cancels what is late; what has been cancelled and is late again hangs.
    private func look() -> [Hang] {
        let now = time.now()
        var late: [WatchedStep] = []
        let hangs = state.withLock { state in
            var hangs: [Hang] = []
            for index in state.entries.indices where state.entries[index].deadline <= now {
                let entry = state.entries[index]
                state.entries[index].deadline = now.advanced(by: time.grace)
                if entry.isCancelled {
                    hangs.append(Hang(kind: entry.kind, limit: policies[entry.kind].timeout))
                } else {
                    state.entries[index].isCancelled = true
                    late.append(entry.step)
                }
            }
            return hangs
        }
        for step in late { step.timeOut() }
        return hangs
    }
}

/// One step under way: over when it has ended or its time is up.
private final class WatchedStep: Sendable {
    enum End: Sendable {
        case result
        case timeout
    }

    private let state = Mutex(State())

    private struct State {
        var result: Result<WorkEffect, JobError>?
        var isTimedOut = false
        var waiter: CheckedContinuation<End, Never>?
    }

    var result: Result<WorkEffect, JobError>? { state.withLock { $0.result } }
    var isTimedOut: Bool { state.withLock { $0.isTimedOut } }

    func end(_ result: Result<WorkEffect, JobError>) {
        let waiter = state.withLock { state in
            state.result = result
            return state.waiter.take()
        }
        waiter?.resume(returning: .result)
    }

    func timeOut() {
        let waiter = state.withLock { state in
            guard state.result == nil else { return nil as CheckedContinuation<End, Never>? }
            state.isTimedOut = true
            return state.waiter.take()
        }
        waiter?.resume(returning: .timeout)
    }

    /// One caller, once.
    func untilOver() async -> End {
        await withCheckedContinuation { continuation in
            let end: End? = state.withLock { state in
                if state.result != nil { return .result }
                if state.isTimedOut { return .timeout }
                state.waiter = continuation
                return nil
            }
            if let end { continuation.resume(returning: end) }
        }
    }
}

extension BatchPlan.Work {
    /// The kind of the jobs that it does.
    var kind: Job.Kind {
        switch self {
        case .invalidate: .invalidate
        case .warm, .load: .warm
        case .cleanup: .cleanup
        case .task: .task
        }
    }
}
