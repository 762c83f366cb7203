import EventLoop

/// Lets tasks of one loop wait until something may have changed; who wakes looks for himself.
final class LoopCondition: @unchecked Sendable {
    // Guard: all state belongs to the thread of `loop`, which every method checks.

    private struct Waiter {
        let continuation: CheckedContinuation<Void, Never>
        let timer: LoopTimer?
    }

    private let loop: EventLoop
    private var waiters: [UInt64: Waiter] = [:]
    private var lastID: UInt64 = 0

    init(loop: EventLoop) { self.loop = loop }

    var waiterCount: Int { waiters.count }

    /// Wakes everyone who waits now.
    func signal() {
        loop.checkIsolated()
        let woken = waiters
        waiters.removeAll(keepingCapacity: true)
        for waiter in woken.values {
            waiter.timer?.cancel()
            waiter.continuation.resume()
        }
    }

    /// Returns at the next signal, after `timeout`, or when the task is cancelled; the caller runs
    /// on the loop.
    func wait(atMost timeout: Duration? = nil) async {
        loop.checkIsolated()
        lastID += 1
        let id = lastID
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let timer = timeout.map { loop.schedule(after: $0) { [self] in wake(id) } }
                waiters[id] = Waiter(continuation: continuation, timer: timer)
            }
        } onCancel: {
            loop.execute { [self] in wake(id) }
        }
    }

    /// Waits until `isDone`, at most until `deadline`; false when that passed or the task was
    /// cancelled before.
    func wait(
        until deadline: ContinuousClock.Instant,
        _ isDone: () -> Bool
    ) async -> Bool {
        while !isDone() {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero, !Task.isCancelled else { return false }
            await wait(atMost: left)
        }
        return true
    }

    private func wake(_ id: UInt64) {
        guard let waiter = waiters.removeValue(forKey: id) else { return }
        waiter.timer?.cancel()
        waiter.continuation.resume()
    }
}
