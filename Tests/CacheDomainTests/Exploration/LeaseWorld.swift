import Codecs

@testable import CacheDomain

/// Two processes that load one key from its source under a lease, and a producer that changes the
/// source and then invalidates the key; a state of it, with all that may happen next.
struct LeaseWorld: Hashable {
    /// How the producer invalidates.
    enum Invalidation: CaseIterable {
        case key
        case tag
        case pattern
        case namespace

        var scope: PurgeScope? {
            switch self {
            case .key: nil
            case .tag: .tag(LeaseWorld.tag)
            case .pattern: .pattern("n:*")
            case .namespace: .namespace("n")
            }
        }
    }

    /// A mechanism that is left out.
    enum Omission: CaseIterable {
        /// An invalidation ends no lease.
        case ending
        /// A value is filled in without a look at the lease.
        case checking
        /// A lease is granted though another process has it.
        case holding
    }

    enum Move: Hashable {
        case claim(Int)
        case read(Int)
        case renew(Int)
        case fill(Int)
        case giveUp(Int)
        case die(Int)
        case change
        case invalidate
        case tick
    }

    /// A load that is under way.
    struct Load: Hashable {
        var token: String
        var value: Int?
        /// What the model knows of its lease, whatever the book says.
        var expiry: Int
        var isEnded = false
    }

    static let key = "n:key"
    static let tag = "tag"
    private static let life = 2
    private static let lastTick = 4
    private static let changes = 2
    private static let maxLoads = 3
    private static let origin = ContinuousClock.now

    let invalidation: Invalidation
    let missing: Omission?
    private(set) var breach: String?

    private var book = LeaseBook()
    private var source = 0
    private var stored: Int?
    private var loads: [Load?] = [nil, nil]
    private var isChanged = false
    private var now = 0
    private var loadCount = 0
    private var deaths = 0

    init(_ invalidation: Invalidation, without missing: Omission?) {
        self.invalidation = invalidation
        self.missing = missing
    }

    private var instant: ContinuousClock.Instant { Self.origin + .seconds(now) }

    private func lease(_ load: Load) -> LoadLease {
        LoadLease(key: Self.key, token: load.token, timeToLive: .seconds(Self.life))
    }

    // MARK: What may happen

    var moves: [Move] {
        var moves: [Move] = []
        for (process, load) in loads.enumerated() {
            guard let load else {
                if stored == nil, loadCount < Self.maxLoads { moves.append(.claim(process)) }
                continue
            }
            moves += [load.value == nil ? .read(process) : .fill(process), .giveUp(process)]
            moves.append(.renew(process))
            if deaths == 0 { moves.append(.die(process)) }
        }
        if isChanged { moves.append(.invalidate) }
        if !isChanged, source < Self.changes { moves.append(.change) }
        if now < Self.lastTick { moves.append(.tick) }
        return moves
    }

    mutating func take(_ move: Move) {
        switch move {
        case .claim(let process): claim(process)
        case .read(let process): loads[process]?.value = source
        case .renew(let process):
            guard let load = loads[process], book.renew(lease(load), at: instant) else { return }
            loads[process]?.expiry = now + Self.life
        case .fill(let process): fill(process)
        case .giveUp(let process):
            if let load = loads[process] { book.release(lease(load)) }
            loads[process] = nil
        case .die(let process):
            deaths += 1
            loads[process] = nil
        case .change:
            source += 1
            isChanged = true
        case .invalidate: invalidate()
        case .tick: now += 1
        }
    }

    private mutating func claim(_ process: Int) {
        let load = Load(token: "\(loadCount)", expiry: now + Self.life)
        let isRefused = book.claim(lease(load), at: instant) != nil
        if isRefused, missing != .holding { return }
        loadCount += 1
        for case let other? in loads where now < other.expiry && !other.isEnded {
            breach = "two processes load, and the lease of neither has run out"
        }
        loads[process] = load
    }

    private mutating func fill(_ process: Int) {
        guard let load = loads[process], let value = load.value else { return }
        loads[process] = nil
        let write = CacheWrite(
            key: Self.key,
            value: [],
            timeToLive: .seconds(60),
            tags: [Self.tag],
            condition: .leased(load.token)
        )
        guard missing == .checking || book.admits(write, load.token, at: instant) else { return }
        book.end(ExactString(Self.key))
        stored = value
        if !isChanged, value != source { breach = "\(value) is filled in, and \(source) is true" }
    }

    private mutating func invalidate() {
        isChanged = false
        stored = nil
        guard missing != .ending else { return }
        if let scope = invalidation.scope { book.purged(scope, at: instant) }
        // A tag only ends what is filled in with it: its lease is worth nothing, but held.
        if invalidation == .key { book.end(ExactString(Self.key)) }
        if invalidation != .tag { for process in loads.indices { loads[process]?.isEnded = true } }
    }
}
