/// The data of a fleet.
struct FleetStore {
    /// What a key is.
    struct Cell: Hashable {
        /// The number of its state.
        var state = 0
        /// The number of its value; nil where it has none.
        var value: Int?
        /// The server has thrown the value away, for want of room: it is true all the same.
        var isEvicted = false

        /// What a reader gets.
        var answer: Int? { isEvicted ? nil : value }
    }

    /// What was changed, for a server that has not had the last changes.
    struct Change {
        let key: Int
        let before: Cell
        let after: Cell
        /// The number of the message that announces it, where data and log change in one step.
        let sequence: UInt64
    }

    private(set) var cells: [Cell]
    /// Which server it is, and whether it has ever been emptied.
    private(set) var life = 0
    private var changes: [Change] = []

    init(keyCount: Int) { cells = Array(repeating: Cell(), count: keyCount) }

    /// Changes the key, and returns what it was.
    mutating func change(_ key: Int, to value: Int?, state: Int, at sequence: UInt64) -> Cell {
        let before = cells[key]
        cells[key] = Cell(state: state, value: value)
        changes.append(
            Change(key: key, before: before, after: cells[key], sequence: sequence)
        )
        return before
    }

    mutating func evict(_ key: Int) { cells[key].isEvicted = true }

    /// Undoes what was announced later than that, and returns it, the last change first.
    mutating func goBack(to sequence: UInt64) -> [Change] {
        undo { $0.sequence > sequence }
    }

    /// Undoes the last changes, and returns them, the last one first; it is another server.
    mutating func failOver(losing count: Int) -> [Change] {
        life += 1
        var rest = count
        return undo { _ in
            rest -= 1
            return rest >= 0
        }
    }

    /// Removes everything, and returns what there was.
    mutating func empty(states: [Int]) -> [Cell] {
        defer {
            cells = states.map { Cell(state: $0) }
            changes.removeAll()
            life += 1
        }
        return cells
    }

    /// Numbers begin anew: what is there stays.
    mutating func forgetChanges() { changes.removeAll() }

    private mutating func undo(while condition: (Change) -> Bool) -> [Change] {
        var undone: [Change] = []
        while let change = changes.last, condition(change) {
            changes.removeLast()
            cells[change.key] = change.before
            undone.append(change)
        }
        return undone
    }
}
