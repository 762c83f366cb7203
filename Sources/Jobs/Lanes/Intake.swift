import Synchronization

/// Says when a lane may take jobs, and how many: the budget of the process, the lane's own
/// concurrency and its rate.
///
/// A source asks before each fetch, so jobs wait in their server, where other workers find them.
public final class Intake: Sendable {
    private let budget: InFlightBudget
    private let maxBatches: Int
    private let clock: any Clock<Duration>
    private let now: @Sendable () -> ContinuousClock.Instant
    private let state: Mutex<State>

    private struct State {
        var batches = 0
        var bucket: TokenBucket?
        var isStopped = false
    }

    private enum Answer {
        case take(Allowance)
        case wait(Duration?)
        case stopped
    }

    /// An intake that lets everything through, unless something is said.
    public init(
        budget: InFlightBudget = InFlightBudget(),
        maxBatches: Int = .max,
        rate: JobRate? = nil,
        clock: any Clock<Duration> = ContinuousClock(),
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }
    ) {
        self.budget = budget
        self.maxBatches = maxBatches
        self.clock = clock
        self.now = now
        state = Mutex(State(bucket: rate.map(TokenBucket.init)))
    }

    /// The most jobs that a rate lets through at once; nil without a rate.
    public var burst: Int? { state.withLock { $0.bucket?.burst } }

    /// What may be taken now; nil when it is nothing.
    public var allowance: Allowance? {
        if case .take(let allowance) = answer() { allowance } else { nil }
    }

    /// Waits until something may be taken; nil after `stop`, and in a cancelled task.
    public func admit() async -> Allowance? {
        while !Task.isCancelled {
            switch answer() {
            case .take(let allowance): return allowance
            case .stopped: return nil
            case .wait: break
            }
            // Looked at again, now that a change would be heard.
            let (number, change) = budget.nextChange()
            if case .wait(let limit) = answer() { await wait(for: change, atMost: limit) }
            budget.giveUp(number)
        }
        return nil
    }

    /// A batch was taken; as long as it is not settled it counts.
    public func took(jobs: Int, bytes: Int) {
        budget.take(jobs: jobs, bytes: bytes)
        state.withLock { state in
            state.batches += 1
            state.bucket?.take(jobs, at: now())
        }
    }

    /// A batch that was taken is settled, or lost.
    public func settled(jobs: Int, bytes: Int) {
        state.withLock { $0.batches -= 1 }
        budget.giveBack(jobs: jobs, bytes: bytes)
    }

    /// Jobs of a batch that was settled before are stored elsewhere now, or lost.
    public func carried(jobs: Int, bytes: Int) { budget.giveBack(jobs: jobs, bytes: bytes) }

    /// Nothing may be taken any more.
    public func stop() {
        state.withLock { $0.isStopped = true }
        budget.wake()
    }

    private func answer() -> Answer {
        state.withLock { state in
            if state.isStopped { return .stopped }
            guard state.batches < maxBatches, var room = budget.room else { return .wait(nil) }
            guard state.bucket != nil else { return .take(room) }
            let pause = state.bucket?.pause(at: now()) ?? .zero
            guard pause == .zero else { return .wait(pause) }
            room.jobs = min(room.jobs, max(1, state.bucket?.available(at: now()) ?? 1))
            return .take(room)
        }
    }

    private func wait(for change: AsyncStream<Never>, atMost limit: Duration?) async {
        guard let limit else { return await Self.untilEnd(of: change) }
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await Self.untilEnd(of: change) }
            // A sleep that is cancelled has done its duty: the change was first.
            group.addTask { try? await self.clock.sleep(for: limit) }
            await group.next()
            group.cancelAll()
        }
    }

    private static func untilEnd(of change: AsyncStream<Never>) async {
        for await _ in change {}
    }
}
