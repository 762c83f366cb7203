import Synchronization

/// Whose turn it is among the batches of one worker.
///
/// Batches that only remove keys are under way side by side, since removals commute. Any other
/// begins when those before it have ended, and ends before those behind it begin.
final class Turns: Sendable {
    private let all = Flights()
    private let barriers = Flights()
    private let isOver = Mutex(false)

    /// Waits for the turn of a batch; false when it is to be handed back instead.
    ///
    /// One caller at a time, in the order of the batches.
    func begin(isBarrier: Bool) async -> Bool {
        await (isBarrier ? all : barriers).untilNone()
        guard !isOver.withLock(\.self) else { return false }
        all.begin()
        if isBarrier { barriers.begin() }
        return true
    }

    /// A batch that had its turn has ended.
    func end(isBarrier: Bool) {
        if isBarrier { barriers.end() }
        all.end()
    }

    /// No batch has a turn any more: whoever waits is told so.
    func close() {
        isOver.withLock { $0 = true }
        all.finish()
        barriers.finish()
    }

    /// Whether no batch has a turn any more.
    var isClosed: Bool { isOver.withLock(\.self) }
}
