import TestSupport

/// The steps of a life, drawn by a seed.
struct Schedule {
    private let regime: Regime
    private var random: SeededGenerator
    private var steps: [Step] = []

    static func steps(seed: UInt64, _ regime: Regime) -> [Step] {
        var schedule = Schedule(regime: regime, random: SeededGenerator(seed: seed))
        for node in 0..<Fleet.nodeCount {
            schedule.act(node)
            schedule.disturbMessages(to: node)
        }
        schedule.strike()
        return schedule.steps.sorted { $0.moment < $1.moment }
    }

    private init(regime: Regime, random: SeededGenerator) {
        self.regime = regime
        self.random = random
    }

    private mutating func add(_ moment: Int, _ node: Int, _ event: Event) {
        steps.append(Step(moment: moment, node: node, event: event, salt: random.next()))
    }

    private mutating func any(_ range: ClosedRange<Int>) -> Int {
        Int.random(in: range, using: &random)
    }

    private mutating func anyKey() -> Int { any(0...Fleet.keyCount - 1) }

    /// Reads and writes, and only reads at the end: a loss that no later message shows is the
    /// hardest to see.
    private mutating func act(_ node: Int) {
        var moment = any(1...200)
        while moment < regime.end {
            let key = anyKey()
            let writes = moment < regime.faultsEnd && random.oneIn(6)
            let change = random.oneIn(4) ? Event.remove(key: key) : .write(key: key)
            add(moment, node, writes ? change : .read(key: key))
            moment += moment < regime.faultsEnd ? any(10...120) : any(80...240)
        }
    }

    private mutating func disturbMessages(to node: Int) {
        var moment = any(300...2_000)
        while moment < regime.faultsEnd {
            let event: Event
            switch any(0...9) {
            case 0: event = .double
            case 1: event = .swap
            case 2: event = .garble
            case 3: event = .repeatCanary
            default: event = .lose
            }
            add(moment, node, event)
            moment += any(100...3_000)
        }
    }

    /// One fault after the other.
    private mutating func strike() {
        var moment = any(200...1_000)
        while moment < regime.faultsEnd {
            let longest = regime.healed - moment
            let node = any(0...Fleet.nodeCount - 1)
            if random.oneIn(8) { beset(node, moment, longest) }
            add(moment, node, fault(longest))
            // Often two at once: what one thing mends another one may need.
            if random.oneIn(3) { add(moment + any(0...100), node, fault(longest - 100)) }
            if regime.isWatched, random.oneIn(2) {
                let key = any(Fleet.keyCount - Fleet.watchedCount...Fleet.keyCount - 1)
                add(moment + any(1...300), 0, .writeForeign(key: key))
            }
            moment += any(60...1_200)
        }
    }

    /// A message is missed, and before the journal has answered nothing is heard any more.
    private mutating func beset(_ node: Int, _ moment: Int, _ longest: Int) {
        add(moment, node, .slow(for: time(1_000...5_000, longest)))
        add(moment, node, .lose)
        add(moment + any(50...500), node, .deafen(for: time(3_000...6_000, longest - 500)))
    }

    private mutating func fault(_ longest: Int) -> Event {
        if regime.isWatched, random.oneIn(4) { return foreignFault(longest) }
        if regime.isUntold, random.oneIn(3) { return untoldFault(longest) }
        return random.oneIn(3) ? serverFault() : linkFault(longest)
    }

    private mutating func time(_ range: ClosedRange<Int>, _ longest: Int) -> Int {
        min(any(range), longest)
    }

    private mutating func linkFault(_ longest: Int) -> Event {
        switch any(0...7) {
        case 0, 1: .disconnect(for: time(random.oneIn(4) ? 3_000...6_000 : 20...600, longest))
        case 2, 3: .deafen(for: time(500...6_000, longest))
        case 4, 5: .slow(for: time(500...6_000, longest))
        default: .stop(for: time(random.oneIn(2) ? 3_000...6_000 : 200...3_000, longest))
        }
    }

    private mutating func serverFault() -> Event {
        switch any(0...15) {
        case 0...5: .failOver(losing: any(0...4))
        case 6: .failOver(losing: any(5...40))
        // Where only the log goes back, a change stays that nobody is told of any more.
        case 7, 8: regime.isSplit ? .failOverData(losing: any(0...4)) : .goBack(losing: any(0...4))
        case 9: .empty
        case 10: .loseCounter
        case 11: .loseJournal
        case 12, 13: .trim(to: any(1...8))
        case 14: regime.isSplit ? .emptyData : .evict(key: anyKey())
        default: .writeUnknown(key: anyKey())
        }
    }

    private mutating func foreignFault(_ longest: Int) -> Event {
        switch any(0...2) {
        case 0: .unwatch(for: time(20...2_000, longest))
        case 1: .deafenWatch(for: time(500...6_000, longest))
        default: .holdWatch(for: time(500...6_000, longest))
        }
    }

    private mutating func untoldFault(_ longest: Int) -> Event {
        switch any(0...4) {
        case 0: .pile(for: time(500...6_000, longest), shuffled: random.oneIn(3))
        case 1, 2: .delay(by: time(200...4_000, longest / 2), for: time(2_000...9_000, longest / 2))
        default: .strand(for: time(4_000...14_000, longest))
        }
    }
}
