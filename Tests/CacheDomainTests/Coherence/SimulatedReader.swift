import CacheDomain
import TestSupport

/// A tracker with a real tier behind a connection on which everything may go wrong.
struct SimulatedReader {
    /// What may happen to the log and to the way from it.
    struct Faults {
        var losesMessages = false
        var disconnects = false
        var trims = false
        var rollsBack = false
    }

    private enum Answer {
        case asked(CoherenceTracker.JournalQuery)
        case positioned(CoherenceTracker.JournalQuery, last: LogPosition)
        case read(CoherenceTracker.JournalQuery, last: LogPosition, [ArraySlice<UInt8>])
    }

    private struct Fill {
        let key: String
        let version: Int
        let asOf: LogPosition
        let token: LocalTier.FillToken
    }

    let faults: Faults
    private(set) var log = SimulatedLog()
    private(set) var forgotten: [CoherenceTracker.DistrustReason] = []
    private(set) var violations: [String] = []
    private var random: SeededGenerator
    private var tracker = CoherenceTracker()
    private let tier = LocalTier(LRUStorage(maxEntries: 100, maxBytes: 10_000))
    private let start = ContinuousClock.now
    private var isConnected = false
    private var isFollowing = false
    private var answers: [Answer] = []
    private var fills: [Fill] = []
    /// The moment from which on everything held must have been true.
    private var knownMoment = 0

    init(seed: UInt64, _ faults: Faults) {
        random = SeededGenerator(seed: seed)
        self.faults = faults
    }

    // MARK: What happens

    mutating func step() {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<3:
            log.append(anyKey(), removing: random.oneIn(3))
            if !isConnected { log.channel.removeAll() }
        case 3..<7:
            deliver()
            deliver()
        case 7..<11: advanceAnswer()
        case 11..<14: beginFill()
        case 14..<16: endFill()
        case 16:
            log.publishHeartbeat()
            if !isConnected { log.channel.removeAll() }
        case 17: if faults.losesMessages { disturbChannel() }
        case 18: if !isConnected { connect() } else if faults.disconnects { disconnect() }
        default: breakLog()
        }
        check()
    }

    /// The faults are over: the reader has to find its way.
    mutating func recover() {
        if !isConnected { connect() }
        log.publishHeartbeat()
        for _ in 0..<100 where !(answers.isEmpty && log.channel.isEmpty) {
            while !answers.isEmpty { advanceAnswer() }
            while !log.channel.isEmpty { deliver() }
            check()
        }
        while !fills.isEmpty { endFill() }
        check()
        if !isFollowing { violations.append("does not follow") }
        if tracker.applied != log.position { violations.append("has not caught up") }
        for (key, version) in held() where log.values[key] != version {
            violations.append("holds \(version) of \(key) for good")
        }
    }

    private mutating func anyKey() -> String {
        SimulatedLog.keys[Int.random(in: SimulatedLog.keys.indices, using: &random)]
    }

    private mutating func deliver() {
        guard !log.channel.isEmpty else { return }
        perform(tracker.heard(log.channel.removeFirst()))
    }

    private mutating func disturbChannel() {
        let count = log.channel.count
        guard count > 0 else { return }
        let place = Int.random(in: 0..<count, using: &random)
        switch Int.random(in: 0..<5, using: &random) {
        case 0, 1: log.channel.remove(at: place)
        case 2:
            log.channel.insert(
                log.channel[place],
                at: Int.random(in: place...count, using: &random)
            )
        case 3: log.channel.insert(ArraySlice("garbage".utf8), at: place)
        default: log.channel.swapAt(place, count - 1)
        }
    }

    private mutating func connect() {
        isConnected = true
        perform(tracker.subscribed())
    }

    private mutating func disconnect() {
        isConnected = false
        log.channel.removeAll()
        perform(tracker.lost())
    }

    private mutating func breakLog() {
        if faults.trims, random.oneIn(4) {
            log.trimJournal(by: Int.random(in: 1...8, using: &random))
        }
        guard faults.rollsBack, random.oneIn(4), let applied = tracker.applied else { return }
        if random.oneIn(2) {
            let lost = UInt64.random(in: 0...min(5, log.position.sequence), using: &random)
            log.rollBack(to: log.position.sequence - lost)
            if isConnected { disconnect() }
        } else if applied.sequence > 0 {
            // Two lives that one reader knows only empty cannot be told apart.
            log.empty()
        }
    }

    // MARK: The way of a value into the tier

    private mutating func beginFill() {
        let key = anyKey()
        let token = tier.fillToken(forKey: key)
        guard let version = log.values[key] else { return }
        fills.append(Fill(key: key, version: version, asOf: log.position, token: token))
    }

    private mutating func endFill() {
        guard !fills.isEmpty else { return }
        let fill = fills.remove(at: Int.random(in: fills.indices, using: &random))
        let entry = LocalEntry(
            bytes: Array("\(fill.version)".utf8),
            expiry: start + .seconds(3600),
            asOf: fill.asOf
        )
        tier.install(entry, forKey: fill.key, ifUnchangedSince: fill.token)
    }

    // MARK: What the reader does

    private mutating func advanceAnswer() {
        guard !answers.isEmpty else { return }
        switch answers.removeFirst() {
        case .asked(let query):
            answers.insert(.positioned(query, last: log.position), at: 0)
        case .positioned(let query, let last):
            let page = log.page(from: query.sequence, limit: 4)
            answers.insert(.read(query, last: last, page), at: 0)
        case .read(let query, let last, let page):
            perform(tracker.journalRead(page, last: last, for: query))
        }
    }

    private mutating func perform(_ actions: [CoherenceTracker.Action]) {
        var before = tier.count == 0 ? nil : lastPosition
        for action in actions {
            switch action {
            case .apply(let announcement, let position):
                if let before, before.epoch == position.epoch, before.sequence >= position.sequence
                {
                    violations.append("fell from \(before) to \(position)")
                }
                before = position
                lastPosition = position
                knownMoment = log.appending(of: announcement)
                tier.apply(announcement, at: position)
            case .heard, .applied: break
            case .forgetAhead(let position): tier.forgetAhead(of: position)
            case .distrustEverything(let reason):
                forgotten.append(reason)
                before = nil
                lastPosition = nil
                knownMoment = 0
                tier.distrustAll()
            case .readJournal(let query): answers.append(.asked(query))
            case .caughtUp: isFollowing = true
            case .fellBehind: isFollowing = false
            }
        }
    }

    private var lastPosition: LogPosition?

    private func held() -> [(key: String, version: Int)] {
        SimulatedLog.keys.compactMap { key in
            guard let entry = tier.entry(forKey: key, at: start),
                let version = Int(String(decoding: entry.bytes, as: UTF8.self))
            else { return nil }
            return (key, version)
        }
    }

    /// Whatever is held while following must be at least as new as the last message applied.
    private mutating func check() {
        guard isFollowing else { return }
        for (key, version) in held() where !log.wasTrue(version, after: knownMoment) {
            violations.append("serves \(version) of \(key), older than \(lastPosition as Any)")
        }
    }
}
