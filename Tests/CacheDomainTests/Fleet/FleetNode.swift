@testable import CacheDomain

/// One process of a fleet: the real state machines and the rules of the real tier.
final class FleetNode {
    static let maxBytes = 100

    let index: Int
    let name: String
    let lease: Duration
    var tier: LocalTierState
    var reader: CoherenceReader
    var watch: PrefixWatchState?

    // MARK: Its links

    /// Counts subscriptions: what was sent to an older one never arrives.
    var subscription = 0
    var isSubscribed = false
    /// Until then nothing arrives, and nobody says so.
    var deafUntil = 0
    /// Until then another server is heard, which nobody writes to.
    var strandedUntil = 0
    /// When the last thing sent to it arrives: a connection keeps its order.
    var channelClearAt = 0
    /// What is sent until then arrives so much later.
    var delay = (by: 0, until: 0)
    /// What is sent until then arrives at once, then; and whether in any order.
    var pile = Pile()
    /// What becomes of the next messages.
    var mishaps: [Event] = []
    /// Waits for the message after it.
    var overtaken: Sent?
    var lastCanary: Sent?
    /// Until then questions are not answered.
    var slowUntil = 0
    /// Until then the process stands still.
    var stoppedUntil = 0
    /// What waits until it runs again.
    var suspended: [() -> Void] = []
    /// Counts watches: what was told to an older one never arrives.
    var watching = 0
    var isWatching = false
    var watchDeafUntil = 0
    /// What it is told until then it is told then.
    var watchHeldUntil = 0
    /// Counts connections by which values are read.
    var connection: UInt64 = 1

    struct Pile {
        var until = 0
        var isShuffled = false
        var messages: [Sent] = []
    }

    // MARK: What it has been through

    /// When it heard something last.
    var heardAt = -1_000_000
    /// The states of keys that its readers have seen, or made.
    var seen: [[Int]]
    /// How often a message or an own change has named the key, or all keys.
    var touches: [Int]
    /// The messages it has heard, the last one of each number.
    var given: [UInt64: ArraySlice<UInt8>] = [:]
    var query: CoherenceTracker.JournalQuery?
    var distrust = Distrust()
    /// A message that it has to miss until then.
    var missed: (sequence: UInt64, by: Int)?
    /// The life of the store that its copies come from, and the one that it was told of last.
    var storeLife: (known: Int?, told: Int?)

    /// When it distrusted everything last, and whether it knows the log since.
    struct Distrust {
        var count = 0
        var knownAt = -1
        var isProven = false
    }

    private let start: ContinuousClock.Instant

    init(_ index: Int, _ regime: Regime, keys: Keys, start: ContinuousClock.Instant) {
        self.index = index
        name = "n\(index + 1)"
        self.start = start
        lease = Fleet.timing.lease
        seen = Array(repeating: [], count: Fleet.keyCount)
        touches = Array(repeating: 0, count: Fleet.keyCount)
        let token = ProcessToken(startedAt: UInt64(index), random: UInt64(index))
        tier = LocalTierState(
            storage: LRUStorage(maxEntries: Fleet.keyCount - 1, maxBytes: Self.maxBytes),
            watched: regime.isWatched ? keys.watched : .none,
            stripeCount: Keys.stripeCount
        )
        reader = CoherenceReader(
            timing: Fleet.timing,
            token: token,
            isStoreElsewhere: regime.isSplit,
            at: start
        )
        watch = regime.isWatched ? PrefixWatchState(timing: Fleet.timing, token: token) : nil
    }

    /// Whether what is sent to it may take long.
    func isHeldUp(at moment: Int) -> Bool {
        [stoppedUntil, pile.until, deafUntil, strandedUntil, channelClearAt - 5]
            .contains { $0 > moment } || delay.until > moment
    }

    func instant(_ moment: Int) -> ContinuousClock.Instant { start + .milliseconds(moment) }

    /// Whether copies may be served at the moment.
    func serves(at moment: Int, without missing: Mechanism?) -> Bool {
        let now = instant(moment)
        let isFresh = isSubscribed && now < instant(heardAt) + lease
        switch missing {
        case .replay: return isFresh
        case .suspicion where isFresh: return true
        default: break
        }
        guard let deadline = reader.servesUntil else { return false }
        switch missing {
        case .lease: return true
        case .promptness where isFresh: return true
        default: return now < deadline
        }
    }

    /// The number of the value that is held and trusted.
    func copy(of key: String, at moment: Int) -> Int? {
        guard let held = tier.held(forKey: key, at: instant(moment)), held.isTrusted else {
            return nil
        }
        return Int(String(decoding: held.entry.bytes, as: UTF8.self))
    }

    func entry(_ number: Int, sequence: UInt64 = 0, asOf: LogPosition?) -> LocalEntry {
        LocalEntry(
            bytes: Array("\(number)".utf8),
            expiry: instant(1_000_000),
            sequence: sequence,
            asOf: asOf
        )
    }

    /// A heartbeat that tells this node what it knows already.
    func echo(_ canary: String?) -> ArraySlice<UInt8> {
        CoherenceMessage(
            position: reader.applied ?? .start,
            node: "echo",
            announcement: Announcement(),
            canary: canary
        )
        .encoded[...]
    }
}
