/// What was true when, in god's eye.
///
/// Every state of a key has a number that is never used twice: that of the value it has, or of its
/// removal.
struct History {
    private var lastNumber = 0
    private var endings: [Int: Int] = [:]
    private var removals: Set<Int> = []
    private var undone: Set<Int> = []

    mutating func nextNumber() -> Int {
        lastNumber += 1
        return lastNumber
    }

    /// The value is true no more.
    mutating func end(_ number: Int, at moment: Int, byRemoval: Bool = false) {
        endings[number] = moment
        if byRemoval { removals.insert(number) }
    }

    /// The change that ended it was announced only now: earlier nobody could know.
    mutating func announceEnd(of number: Int, at moment: Int) {
        if endings[number] != nil { endings[number] = moment }
    }

    /// A server has lost what ended it.
    mutating func revive(_ number: Int) {
        endings[number] = nil
        removals.remove(number)
    }

    /// A server has lost that it ever was.
    mutating func undo(_ number: Int) { undone.insert(number) }

    /// For how long the value has not been true; nil while it is.
    func age(of number: Int, at moment: Int) -> Int? { endings[number].map { moment - $0 } }

    func wasRemoved(_ number: Int) -> Bool { removals.contains(number) }

    func isUndone(_ number: Int) -> Bool { undone.contains(number) }
}
