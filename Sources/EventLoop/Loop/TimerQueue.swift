/// A pending call on a loop; cancelling it twice, or after it fired, does nothing.
public final class LoopTimer {
    fileprivate let deadline: ContinuousClock.Instant
    fileprivate var body: (() -> Void)?

    fileprivate init(deadline: ContinuousClock.Instant, body: @escaping () -> Void) {
        self.deadline = deadline
        self.body = body
    }

    /// Forgets the call; loop only.
    public func cancel() { body = nil }
}

@available(*, unavailable, message: "a timer belongs to its loop")
extension LoopTimer: Sendable {}

/// The timers of one loop: a binary heap by deadline.
///
/// A cancelled timer stays until its deadline comes to the top; connections keep one timer each,
/// so there are few of them.
struct TimerQueue {
    private var heap: [LoopTimer] = []

    var timeUntilNext: Duration? {
        heap.first.map { max(.zero, ContinuousClock.now.duration(to: $0.deadline)) }
    }

    mutating func add(
        deadline: ContinuousClock.Instant,
        _ body: @escaping () -> Void
    ) -> LoopTimer {
        let timer = LoopTimer(deadline: deadline, body: body)
        heap.append(timer)
        siftUp(heap.count - 1)
        return timer
    }

    /// Calls everything whose time has come, in the order of the deadlines.
    mutating func takeDue(at now: ContinuousClock.Instant) -> [() -> Void] {
        var due: [() -> Void] = []
        while let first = heap.first, first.body == nil || first.deadline <= now {
            if let body = first.body { due.append(body) }
            first.body = nil
            removeFirst()
        }
        return due
    }

    private mutating func removeFirst() {
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        siftDown(0)
    }

    private mutating func siftUp(_ start: Int) {
        var child = start
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].deadline < heap[parent].deadline else { return }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    private mutating func siftDown(_ start: Int) {
        var parent = start
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].deadline < heap[least].deadline { least = child }
            }
            guard least != parent else { return }
            heap.swapAt(parent, least)
            parent = least
        }
    }
}
