import TestSupport

@testable import CacheDomain

/// Several nodes that read and write at one server, or two, over a bad network, in simulated
/// milliseconds.
///
/// All that happens follows from the steps of a life and its seed. The decisions are those of the
/// program; the network, the servers and the clock are made up.
final class Fleet {
    static let nodeCount = 4
    static let keyCount = 8
    /// So many of the keys, the last ones, are watched where anything is.
    static let watchedCount = 2
    static let timing = CoherenceFollower.Timing(
        heartbeat: .seconds(1),
        lease: .seconds(3),
        canary: .seconds(5)
    )

    let life: Life
    let missing: Mechanism?
    let nodes: [FleetNode]
    var history = History()
    var store = FleetStore(keyCount: keyCount)
    var log: FleetLog
    /// When something was lost that the journal cannot mend, last.
    var troubles = Troubles()
    private(set) var moment = 0
    private(set) var broken: Broken?
    var account = Account()
    private(set) var story: [String] = []
    private var agenda: Agenda<() -> Void>
    private let isTold: Bool

    struct Troubles {
        var goingBack = -1
        var trimming = -1
        var unknownVersion = -1
    }

    /// What a life was worth.
    struct Account {
        var localReads = 0
        var distrusts: [CoherenceTracker.DistrustReason: Int] = [:]
        var losses = 0
        var violations: [Invariant: Int] = [:]

        static func += (sum: inout Account, one: Account) {
            sum.localReads += one.localReads
            sum.losses += one.losses
            sum.distrusts.merge(one.distrusts, uniquingKeysWith: +)
            sum.violations.merge(one.violations, uniquingKeysWith: +)
        }
    }

    /// A fleet without one of its mechanisms, or with all; one that is told writes its story.
    init(_ life: Life, without missing: Mechanism? = nil, told: Bool = false) {
        self.life = life
        self.missing = missing
        isTold = told
        log = FleetLog(tellsMessagesApart: missing != .identity)
        agenda = Agenda(end: life.regime.end)
        let start = ContinuousClock.now
        nodes = (0..<Self.nodeCount)
            .map { FleetNode($0, life.regime, keys: .all, start: start) }
    }

    /// Lives until the end, or, unless everything is to be counted, until something is broken.
    func run(counting: Bool = false) {
        for node in nodes {
            let first = draw(1...500, node)
            later(first) { self.subscribe(node) }
            later(node, first + 500) { self.beat(node) }
            if regime.isSplit { later(node, first) { self.askStore(node) } }
            if regime.isWatched { later(first) { self.beginWatch(node) } }
        }
        for step in life.steps { agenda.add({ self.take(step) }, at: step.moment) }
        while counting || broken == nil, let next = agenda.next(from: moment) {
            moment = next
            for event in agenda.take(next) where counting || broken == nil { event() }
        }
        moment = regime.end
        for node in nodes where counting || broken == nil { settle(node) }
        agenda = Agenda(end: 0)
    }

    /// When the faults are over and all is quiet, what may be served is what the server has.
    private func settle(_ node: FleetNode) {
        guard node.serves(at: moment, without: missing) else {
            return violate(.convergence, node, "serves nothing after all faults have ended")
        }
        for (key, name) in Keys.all.names.enumerated() {
            guard let copy = node.copy(of: name, at: moment), store.cells[key].value != copy else {
                continue
            }
            violate(.convergence, node, "holds \(copy) of key\(key) for good")
        }
    }

    // MARK: Time

    var regime: Regime { life.regime }

    /// In so many milliseconds, but not in this one.
    func later(_ delay: Int, _ event: @escaping () -> Void) {
        agenda.add(event, at: moment + max(1, delay))
    }

    /// In so many milliseconds, or when the process runs again.
    func later(_ node: FleetNode, _ delay: Int, _ event: @escaping () -> Void) {
        later(delay) {
            guard node.stoppedUntil > self.moment || !node.suspended.isEmpty else { return event() }
            node.suspended.append(event)
            if node.suspended.count == 1 { self.resume(node) }
        }
    }

    /// Does what has waited, in its order, when the process runs again.
    private func resume(_ node: FleetNode) {
        guard node.stoppedUntil <= moment else {
            return later(node.stoppedUntil - moment) { self.resume(node) }
        }
        let events = node.suspended
        node.suspended = []
        for event in events { event() }
    }

    /// A number that follows from the seed, the moment and the node, and from nothing before it.
    func draw(_ range: ClosedRange<Int>, _ node: FleetNode, _ purpose: UInt64 = 0) -> Int {
        let place = UInt64(moment) << 16 | UInt64(node.index) << 8 | purpose
        var random = SeededGenerator(seed: life.seed ^ place &* 0x9E37_79B9_7F4A_7C15)
        return Int.random(in: range, using: &random)
    }

    // MARK: Telling

    func note(_ node: FleetNode, _ text: @autoclosure () -> String) {
        if isTold { story.append("\(moment) ms, \(node.name) \(text())") }
    }

    func noteServer(_ text: @autoclosure () -> String) {
        if isTold { story.append("\(moment) ms, \(text())") }
    }

    func violate(_ invariant: Invariant, _ node: FleetNode, _ text: String) {
        account.violations[invariant, default: 0] += 1
        guard broken == nil else { return }
        broken = Broken(invariant: invariant, moment: moment, node: node.name, text: text)
    }
}
