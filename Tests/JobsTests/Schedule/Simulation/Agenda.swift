/// What is to happen, in the order of its time; of the same time in the order it was put in.
struct Agenda {
    private struct Item {
        let moment: Int
        let number: Int
        let event: () throws -> Void

        func isBefore(_ other: Item) -> Bool { (moment, number) < (other.moment, other.number) }
    }

    private var heap: [Item] = []
    private var count = 0

    mutating func add(at moment: Int, _ event: @escaping () throws -> Void) {
        count += 1
        heap.append(Item(moment: moment, number: count, event: event))
        var child = heap.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard heap[child].isBefore(heap[parent]) else { break }
            heap.swapAt(child, parent)
            child = parent
        }
    }

    mutating func next() -> (moment: Int, event: () throws -> Void)? {
        guard let first = heap.first else { return nil }
        heap.swapAt(0, heap.count - 1)
        heap.removeLast()
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < heap.count {
                if heap[child].isBefore(heap[least]) { least = child }
            }
            if least == parent { break }
            heap.swapAt(parent, least)
            parent = least
        }
        return (first.moment, first.event)
    }
}
