import Codecs

/// Who loads what at present, and which tags were purged meanwhile.
struct LeaseBook: Hashable {
    /// With so many entries it looks for the first time for those that have ended.
    static let firstSweepCount = 1000

    private struct Lease: Hashable {
        var token: String
        var expiry: ContinuousClock.Instant
        /// How many tags had been purged when it was granted.
        var purgeCount: UInt64
    }

    private var leases: [ExactString: Lease] = [:]
    /// For each tag that was purged lately, how many had been purged then, that one counted.
    private var purges: [ExactString: UInt64] = [:]
    private var purgeCount: UInt64 = 0
    /// Which of the earlier purges concerned which tag is not known any more.
    private var forgottenPurgeCount: UInt64 = 0
    private var sweepCount = Self.firstSweepCount

    /// The time that is left to somebody else; nil where the lease is the caller's now.
    mutating func claim(
        _ lease: LoadLease,
        at now: ContinuousClock.Instant
    ) -> Duration? {
        let key = ExactString(lease.key)
        if let held = leases[key], held.expiry > now, held.token != lease.token {
            return now.duration(to: held.expiry)
        }
        sweep(at: now)
        leases[key] = Lease(
            token: lease.token,
            expiry: now + lease.timeToLive,
            purgeCount: purgeCount
        )
        return nil
    }

    mutating func renew(_ lease: LoadLease, at now: ContinuousClock.Instant) -> Bool {
        let key = ExactString(lease.key)
        guard let held = leases[key], held.token == lease.token, held.expiry > now else {
            return false
        }
        leases[key]?.expiry = now + lease.timeToLive
        return true
    }

    mutating func release(_ lease: LoadLease) {
        let key = ExactString(lease.key)
        if leases[key]?.token == lease.token { leases[key] = nil }
    }

    /// The key changes: whoever loads it may have read what it was before.
    mutating func end(_ key: ExactString) { leases[key] = nil }

    /// A purge begins: whoever loads what it covers may have read what was there before.
    mutating func purged(_ scope: PurgeScope, at now: ContinuousClock.Instant) {
        switch scope {
        case .tag(let name):
            // Which tags a value will have is known when it is written.
            guard !leases.isEmpty else { return }
            sweep(at: now)
            purgeCount += 1
            purges[ExactString(name)] = purgeCount
        case .pattern(let text):
            let glob = GlobPattern(text)
            leases = leases.filter { !glob.matches($0.key.string) }
        case .namespace(let name):
            let prefix = "\(name):"
            leases = leases.filter { !$0.key.string.utf8.starts(with: prefix.utf8) }
        }
    }

    /// Whether the write is made under a lease, and none of its tags was purged since.
    func admits(_ write: CacheWrite, _ token: String, at now: ContinuousClock.Instant) -> Bool {
        guard let held = leases[ExactString(write.key)], held.token == token, held.expiry > now
        else { return false }
        return write.tags.allSatisfy { tag in
            held.purgeCount >= max(purges[ExactString(tag)] ?? 0, forgottenPurgeCount)
        }
    }

    /// Forgets what has ended, when there is much.
    private mutating func sweep(at now: ContinuousClock.Instant) {
        guard leases.count + purges.count >= sweepCount else { return }
        leases = leases.filter { $0.value.expiry > now }
        if !purges.isEmpty { forgottenPurgeCount = purgeCount }
        purges.removeAll()
        sweepCount = max(Self.firstSweepCount, 2 * leases.count)
    }
}
