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
/// A cancelled timer stays until its deadline comes to the top, or until cancelled ones could be
/// the half of all: a deadline for every call costs no more memory than the calls that wait.
struct TimerQueue {
    /// Below this many timers nobody looks for cancelled ones.
    private static let leastSweptCount = 64

    private var heap: [LoopTimer] = []
    private var sweptCount = Self.leastSweptCount

    /// How many timers are kept, cancelled ones included.
    var count: Int { heap.count }

    var timeUntilNext: Duration? {
        heap.first.map { max(.zero, ContinuousClock.now.duration(to: $0.deadline)) }
    }

    mutating func add(
        deadline: ContinuousClock.Instant,
        _ body: @escaping () -> Void
    ) -> LoopTimer {
        if heap.count >= sweptCount { sweep() }
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

    private mutating func sweep() {
        heap.removeAll { $0.body == nil }
        // Sorted by deadline is a heap.
        heap.sort { $0.deadline < $1.deadline }
        sweptCount = max(2 * heap.count, Self.leastSweptCount)
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
