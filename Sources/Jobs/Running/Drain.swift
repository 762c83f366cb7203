import Synchronization

/// Tells the workers of a process that it ends: from then on nothing waits in it.
///
/// What is under way is finished. What waits for a store, or for its turn behind something that
/// takes long, is handed back, so that another worker does it.
public final class Drain: Sendable {
    /// How long a batch that was taken may wait for its turn: when all goes well it needs less.
    static let patience = Duration.seconds(1)

    private let state = Mutex(State())

    private struct State {
        var hasBegun = false
        var lastWaiter: UInt64 = 0
        var waiters: [UInt64: AsyncStream<Never>.Continuation] = [:]
    }

    /// One that has not begun.
    public init() {}

    /// The process ends; twice is fine.
    public func begin() {
        let waiters = state.withLock { state in
            state.hasBegun = true
            defer { state.waiters.removeAll() }
            return state.waiters.values
        }
        for waiter in waiters { waiter.finish() }
    }

    var hasBegun: Bool { state.withLock { $0.hasBegun } }

    /// Returns when it begins, or when the task is cancelled.
    func untilBegun() async {
        let (beginning, continuation) = AsyncStream.makeStream(of: Never.self)
        let number: UInt64? = state.withLock { state in
            guard !state.hasBegun else { return nil }
            state.lastWaiter += 1
            state.waiters[state.lastWaiter] = continuation
            return state.lastWaiter
        }
        guard let number else { return }
        for await _ in beginning {}
        state.withLock { $0.waiters[number] = nil }
    }

    /// Waits so long, or until it begins; false when the task was cancelled meanwhile.
    func pause(_ duration: Duration, by time: WorkerTime) async -> Bool {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { _ = await time.pause(duration) }
            group.addTask { await self.untilBegun() }
            await group.next()
            group.cancelAll()
        }
        return !Task.isCancelled
    }
}
