/// Visits every state that can be reached, breadth first: so the first way to a violation is a
/// shortest one.
///
/// States are told apart by 64 bits of their digest. Among a million states the chance that any
/// two are mistaken for each other is below one in thirty million.
struct Explorer {
    /// What an exploration has found.
    struct Report {
        var stateCount = 0
        var transitionCount = 0
        /// The states from which nothing more can happen.
        var endCount = 0
        var depth = 0
        /// Whether every state was visited, and not only as many as were allowed.
        var isComplete = false
        var breach: World.Breach?
        /// The shortest way to the violation.
        var path: [Move] = []
        /// What happened at least once.
        var kinds: Set<String> = []

        /// The way to the violation, a move a line.
        var story: String {
            let end = breach.map { ["\($0.promise.rawValue): \($0.text)"] } ?? []
            return (path.map(\.description) + end).joined(separator: "\n")
        }
    }

    /// How a state was reached first.
    private struct Origin {
        let from: Int32
        let move: Move?
    }

    /// After so many states others have a turn.
    private static let turn: Int32 = 256

    let stateLimit: Int
    private var known: Set<Int> = []
    private var origins: [Origin] = []

    init(stateLimit: Int) { self.stateLimit = stateLimit }

    /// Explores all that can come of the world, and lets others have a turn meanwhile.
    mutating func explore(_ world: World) async -> Report {
        var report = Report()
        var first = world
        first.check()
        add(first.digest, from: -1, nil)
        var level = [(state: first, number: Int32(0))]
        while !level.isEmpty {
            var next: [(state: World, number: Int32)] = []
            for (state, number) in level {
                if number % Self.turn == 0 { await Task.yield() }
                let moves = state.moves
                if moves.isEmpty {
                    report.endCount += 1
                    var end = state
                    end.checkSettling()
                    if end.breach != nil { return finish(&report, end, number) }
                }
                for move in moves {
                    report.transitionCount += 1
                    var child = state
                    child.take(move)
                    child.check()
                    guard add(child.digest, from: number, move) else { continue }
                    report.kinds.insert(move.kind)
                    let place = Int32(origins.count - 1)
                    if child.breach != nil { return finish(&report, child, place) }
                    next.append((child, place))
                }
                guard origins.count < stateLimit else { return finish(&report, state, number) }
            }
            level = next
            report.depth += 1
        }
        report.stateCount = origins.count
        report.isComplete = true
        return report
    }

    @discardableResult
    private mutating func add(_ digest: Int, from: Int32, _ move: Move?) -> Bool {
        guard known.insert(digest).inserted else { return false }
        origins.append(Origin(from: from, move: move))
        return true
    }

    private func finish(_ report: inout Report, _ world: World, _ number: Int32) -> Report {
        report.stateCount = origins.count
        report.breach = world.breach
        var place = number
        while place >= 0 {
            if let move = origins[Int(place)].move { report.path.append(move) }
            place = origins[Int(place)].from
        }
        report.path.reverse()
        return report
    }
}
