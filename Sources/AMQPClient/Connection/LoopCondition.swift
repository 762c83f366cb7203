import EventLoop

/// Lets tasks of one loop wait until something has changed; who wakes looks for himself.
actor LoopCondition: LoopConfined {
    private struct Waiter {
        let continuation: CheckedContinuation<Void, Never>
        let timer: LoopTimer?
    }

    nonisolated let loop: EventLoop
    private var waiters: [UInt64: Waiter] = [:]
    private var lastID: UInt64 = 0
    private var changeCount: UInt64 = 0

    init(loop: EventLoop) { self.loop = loop }

    /// Wakes everyone who waits now; loop only.
    nonisolated func signal() {
        assumeIsolated { $0.wakeAll() }
    }

    private nonisolated var changesSoFar: UInt64 { assumeIsolated { $0.changeCount } }

    /// Waits until `isDone`, which is asked now and after every signal; the caller is on the loop.
    ///
    /// False when the deadline passed or the task was cancelled before.
    nonisolated func wait(
        until deadline: ContinuousClock.Instant? = nil,
        _ isDone: () -> Bool
    ) async -> Bool {
        while true {
            // Taken before the look: a signal between the look and the wait is not missed.
            let seen = changesSoFar
            if isDone() { return true }
            let left = deadline.map { ContinuousClock.now.duration(to: $0) }
            guard left ?? .seconds(1) > .zero, !Task.isCancelled else { return false }
            await wait(since: seen, atMost: left)
        }
    }

    /// Returns at the first signal after number `seen`, after `timeout`, or when the task is
    /// cancelled.
    private func wait(since seen: UInt64, atMost timeout: Duration?) async {
        lastID += 1
        let id = lastID
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                guard changeCount == seen, !Task.isCancelled else { return continuation.resume() }
                let timer = timeout.map { loop.schedule(after: $0) { [self] in wake(id) } }
                waiters[id] = Waiter(continuation: continuation, timer: timer)
            }
        } onCancel: {
            loop.execute { [self] in assumeIsolated { $0.wake(id) } }
        }
    }

    private func wakeAll() {
        changeCount += 1
        guard !waiters.isEmpty else { return }
        let woken = waiters
        waiters.removeAll(keepingCapacity: true)
        for waiter in woken.values {
            waiter.timer?.cancel()
            waiter.continuation.resume()
        }
    }

    private func wake(_ id: UInt64) {
        guard let waiter = waiters.removeValue(forKey: id) else { return }
        waiter.timer?.cancel()
        waiter.continuation.resume()
    }
}
