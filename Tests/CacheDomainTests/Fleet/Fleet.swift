import TestSupport

@testable import CacheDomain

/// Several nodes that read and write at one server over a bad network, in simulated milliseconds.
///
/// All that happens follows from the seed. The decisions are those of the program; the network, the
/// server and the clock are made up.
final class Fleet {
    static let keys = (0..<8).map { "key\($0)" }
    static let timing = CoherenceFollower.Timing(
        heartbeat: .seconds(1),
        lease: .seconds(3),
        canary: .seconds(5)
    )
    /// No copy may be served that ceased to be true longer ago than this.
    ///
    /// The lease, and what the network takes to say that a subscription is lost; the interval of
    /// the canary on top where a node may listen to another server without being told.
    static let bound = (ordinary: 3_100, stranded: 8_100)
    private static let pageLength = 20
    private static let faultsEnd = 16_000
    private static let end = 40_000

    let missing: Mechanism?
    let strands: Bool
    private(set) var violations: [String] = []
    /// Whether a copy was served, or held for good, that should not have been.
    private(set) var isStale = false
    private(set) var localReads = 0
    private(set) var distrusts: Set<CoherenceTracker.DistrustReason> = []
    private(set) var trace: [String] = []
    private(set) var moment = 0
    var random: SeededGenerator
    var server: FleetServer
    let nodes: [FleetNode]
    private var agenda: [Int: [() -> Void]] = [:]
    private let isTraced: Bool

    /// A fleet without one of its mechanisms, or with all; with `strands`, nodes may listen to a
    /// server that nobody writes to without being told.
    init(
        seed: UInt64,
        without missing: Mechanism? = nil,
        strands: Bool = false,
        traced: Bool = false
    ) {
        random = SeededGenerator(seed: seed)
        self.missing = missing
        self.strands = strands
        isTraced = traced
        server = FleetServer(tellsMessagesApart: missing != .identity)
        let start = ContinuousClock.now
        nodes = (1...4).map { FleetNode("n\($0)", timing: Self.timing, start: start) }
    }

    /// Lives until the end, or the first violation.
    func run() {
        for node in nodes {
            later(0...50) { self.subscribe(node) }
            later(0...200) { self.act(node) }
            later(500...900) { self.beat(node) }
        }
        later(200...1_000) { self.strike() }
        while moment <= Self.end, violations.isEmpty {
            while let events = agenda.removeValue(forKey: moment) {
                for event in events { event() }
            }
            moment += 1
        }
        for node in nodes where violations.isEmpty { settle(node) }
    }

    /// When the faults are over and all is quiet, what may be served is what the server has.
    private func settle(_ node: FleetNode) {
        guard node.serves(at: moment, without: missing) else {
            return violated(node, "serves nothing after all faults have ended")
        }
        for key in Self.keys {
            guard let version = node.version(of: key), server.values[key] != version else {
                continue
            }
            isStale = true
            violated(node, "holds \(version) of \(key) for good")
        }
    }

    // MARK: Time

    func later(_ delay: ClosedRange<Int>, _ event: @escaping () -> Void) {
        // What happens in this millisecond has begun.
        agenda[moment + max(1, Int.random(in: delay, using: &random)), default: []].append(event)
    }

    var hasFaults: Bool { moment < Self.faultsEnd }

    func note(_ node: FleetNode, _ text: @autoclosure () -> String) {
        if isTraced { trace.append("\(moment) ms, \(node.name): \(text())") }
    }

    private func violated(_ node: FleetNode, _ text: String) {
        violations.append("\(moment) ms, \(node.name): \(text)")
    }

    // MARK: Reading and writing

    private func act(_ node: FleetNode) {
        let key = Self.keys[Int.random(in: Self.keys.indices, using: &random)]
        // Quiet at the end: a loss that no later message shows is the hardest to see.
        if hasFaults, random.oneIn(6) {
            write(node, key, removing: random.oneIn(4))
        } else {
            read(node, key)
        }
        later(10...120) { self.act(node) }
    }

    private func read(_ node: FleetNode, _ key: String) {
        if node.serves(at: moment, without: missing), let version = node.version(of: key) {
            localReads += 1
            return check(node, key, version)
        }
        let token = node.tier.fillToken(forKey: key)
        later(1...3) {
            guard let version = self.server.values[key] else { return }
            let position = self.server.position
            // One answer in a while is very late.
            self.later(self.random.oneIn(30) ? 100...5_000 : 1...4) {
                let known = self.missing == .fillToken ? node.tier.fillToken(forKey: key) : token
                let entry = node.entry(version, asOf: position)
                let isKept = node.tier.install(entry, forKey: key, ifUnchangedSince: known)
                self.note(node, "\(isKept ? "keeps" : "refuses") \(version) of \(key)")
            }
        }
    }

    private func write(_ node: FleetNode, _ key: String, removing: Bool) {
        let token = node.tier.writeToken()
        later(1...3) {
            let change = self.server.change(key, removing: removing, by: node.name, at: self.moment)
            let position = self.server.position
            self.note(node, "\(change.version.map(String.init) ?? "nothing") is \(key) now")
            self.publish(change.message)
            self.later(1...4) {
                node.ownVersions[key] = change.version
                let entry = change.version.map {
                    node.entry($0, sequence: position.sequence, asOf: position)
                }
                node.tier.acknowledge(
                    Announcement(keys: [key]),
                    at: position,
                    keeping: entry.map { [(key, $0)] } ?? [],
                    since: token
                )
            }
        }
    }

    private func check(_ node: FleetNode, _ key: String, _ version: Int) {
        if let age = server.staleness(of: version, at: moment),
            age > (strands ? Self.bound.stranded : Self.bound.ordinary)
        {
            isStale = true
            violated(node, "serves \(version) of \(key), which was true \(age) ms ago")
        }
        if let own = node.ownVersions[key], own > version,
            server.staleness(of: own, at: moment) == nil
        {
            violated(node, "serves \(version) of \(key) and has written \(own) itself")
        }
    }

    // MARK: The log

    func subscribe(_ node: FleetNode) {
        node.subscription += 1
        node.isSubscribed = true
        node.strandedUntil = 0
        node.channelClearAt = moment
        note(node, "subscribed")
        perform(node.reader.hear(.subscribed, at: node.instant(moment)), node)
    }

    /// Sends a message to all who listen; some of it is lost, some comes twice.
    func publish(_ message: ArraySlice<UInt8>) {
        for node in nodes where node.isSubscribed && node.strandedUntil <= moment {
            if hasFaults, random.oneIn(50) { continue }
            deliver(message, to: node)
            if hasFaults, random.oneIn(100) { deliver(message, to: node) }
        }
    }

    func deliver(_ message: ArraySlice<UInt8>, to node: FleetNode) {
        let subscription = node.subscription
        node.channelClearAt = max(
            node.channelClearAt,
            moment + Int.random(in: 1...4, using: &random)
        )
        let delay = node.channelClearAt - moment
        later(delay...delay) {
            guard node.subscription == subscription, node.isSubscribed,
                node.deafUntil <= self.moment
            else { return }
            self.hear(message, node)
        }
    }

    private func hear(_ message: ArraySlice<UInt8>, _ node: FleetNode) {
        guard missing == .replay else {
            return perform(node.reader.hear(.message(message), at: node.instant(moment)), node)
        }
        // Whatever comes is believed, and nothing else asked for.
        guard let message = try? CoherenceMessage(parsing: message) else { return }
        node.heardAt = moment
        node.tier.apply(message.announcement, at: message.position)
    }

    private func beat(_ node: FleetNode) {
        let patience = Int.random(in: 500...900, using: &random)
        let pause = node.reader.heartbeatPause(
            patience: .milliseconds(patience),
            at: node.instant(moment)
        )
        if pause == nil { sendHeartbeat(node) }
        let rest = pause.map { max(1, Int($0 / .milliseconds(1))) } ?? patience
        later(rest...rest) { self.beat(node) }
    }

    private func sendHeartbeat(_ node: FleetNode) {
        let canary = node.reader.nextCanary(at: node.instant(moment))
        later(1...3) {
            switch self.missing {
            case .heartbeat:
                // Everybody hears that there is nothing new.
                for listener in self.nodes where listener.isSubscribed {
                    self.deliver(listener.echo(canary), to: listener)
                }
            case .canary:
                self.publish(self.server.heartbeat(canary: nil))
                // Heard whatever it listens to.
                self.deliver(node.echo(canary), to: node)
            default: self.publish(self.server.heartbeat(canary: canary))
            }
        }
    }

    private func readJournal(_ query: CoherenceTracker.JournalQuery, _ node: FleetNode) {
        let start = node.instant(moment)
        later(1...4) {
            let last = self.server.position
            self.later(1...4) {
                let page = self.server.journal(from: query.sequence, limit: Self.pageLength)
                self.later(1...4) {
                    let effects = node.reader.journalRead(
                        page,
                        last: last,
                        for: query,
                        begunAt: start
                    )
                    self.perform(effects, node)
                }
            }
        }
    }

    private func perform(_ effects: [CoherenceReader.Effect], _ node: FleetNode) {
        for effect in effects {
            switch effect {
            case .forget(let announcement, let position):
                note(node, "hears \(position.sequence) about \(announcement.keys)")
                node.tier.apply(announcement, at: position)
            case .forgetAhead(let position):
                if missing != .ahead { node.tier.forgetAhead(of: position) }
            case .distrustEverything(let reason):
                note(node, "trusts nothing: \(reason)")
                distrusts.insert(reason)
                if missing != .proof { node.tier.distrustAll() }
            case .doubtAnswers:
                // Without it no canary would end the doubt.
                if missing != .replay { node.tier.doubtAnswers() }
            case .trustAnswers: node.tier.trustAnswers()
            case .readJournal(let query): readJournal(query, node)
            case .sendHeartbeat: sendHeartbeat(node)
            case .yieldName, .noteLag, .noteClock: break
            }
        }
    }
}
