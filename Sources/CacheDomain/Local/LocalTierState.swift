import Codecs

/// What a local tier holds and remembers, and all its rules: a value, used under the tier's lock.
struct LocalTierState: Sendable {
    /// More stripes make a needless refusal rarer; each costs 16 bytes.
    static let stripeCount = 1024

    var storage: any LocalStorage
    /// How many entries messages have removed so far.
    private(set) var droppedCount = 0
    private(set) var stripes: [Stripe]
    private(set) var epoch = ""
    /// How often the log was found to be another, or may have been.
    private(set) var life: UInt64 = 0
    /// Entries of another number are not trusted.
    private(set) var trust: UInt64 = 0
    /// Of messages that name no single key.
    private(set) var generation: UInt64 = 0
    private(set) var sequence: UInt64 = 0

    /// What messages have said about the keys that share it.
    struct Stripe: Sendable {
        var generation: UInt64 = 0
        var sequence: UInt64 = 0
    }

    /// Nothing heard, and what `storage` holds.
    init(storage: any LocalStorage, stripeCount: Int = Self.stripeCount) {
        self.storage = storage
        stripes = Array(repeating: Stripe(), count: stripeCount)
    }

    // MARK: Reading

    mutating func held(
        forKey key: String,
        at now: ContinuousClock.Instant
    ) -> (entry: LocalEntry, isTrusted: Bool)? {
        storage.entry(forKey: key, at: now).map { ($0, $0.trust == trust) }
    }

    func sample(_ count: Int, at now: ContinuousClock.Instant) -> [String] {
        storage.sample(count)
            .filter { key in
                guard let entry = storage.peek(key) else { return false }
                return entry.trust == trust && entry.expiry > now
            }
    }

    // MARK: Coming in

    func fillToken(forKey key: String) -> LocalTier.FillToken {
        LocalTier.FillToken(stripe: stripes[stripe(of: key)].generation, all: generation)
    }

    mutating func install(
        _ entry: LocalEntry,
        forKey key: String,
        ifUnchangedSince token: LocalTier.FillToken
    ) -> Bool {
        guard token == fillToken(forKey: key) else { return false }
        insert(entry, forKey: key)
        return true
    }

    mutating func discard(_ key: String, ifUnchangedSince token: LocalTier.FillToken) {
        guard token == fillToken(forKey: key) else { return }
        _ = storage.remove(key)
    }

    func writeToken() -> LocalTier.WriteToken { LocalTier.WriteToken(life: life) }

    mutating func install(
        written entry: LocalEntry,
        forKey key: String,
        ifSameLogSince token: LocalTier.WriteToken
    ) -> Bool {
        guard token == writeToken(),
            max(stripes[stripe(of: key)].sequence, sequence) <= entry.sequence
        else { return false }
        insert(entry, forKey: key)
        return true
    }

    private mutating func insert(_ entry: LocalEntry, forKey key: String) {
        var entry = entry
        entry.trust = trust
        storage.insert(entry, forKey: key)
    }

    // MARK: Going out

    mutating func apply(_ announcement: Announcement, at position: LogPosition) -> Int {
        if position.epoch != epoch {
            // Sequences of two epochs cannot be compared: nothing held is known to be newer.
            if !epoch.isEmpty { distrustAll() }
            epoch = position.epoch
        }
        let dropped = forget(announcement, before: position.sequence)
        droppedCount += dropped
        return dropped
    }

    mutating func forgetAhead(of position: LogPosition) -> Int {
        life += 1
        generation += 1
        return storage.removeAll { _, entry in
            guard let asOf = entry.asOf else { return true }
            return asOf.epoch != position.epoch || asOf.sequence > position.sequence
        }
    }

    mutating func distrustAll() {
        life += 1
        trust += 1
        generation += 1
        sequence = 0
        for index in stripes.indices { stripes[index].sequence = 0 }
    }

    private mutating func forget(_ announcement: Announcement, before sequence: UInt64) -> Int {
        var dropped = 0
        for key in announcement.keys {
            let stripe = stripe(of: key)
            stripes[stripe].generation += 1
            stripes[stripe].sequence = max(stripes[stripe].sequence, sequence)
            // The entry that this very message announced, or a later one, stays.
            if let entry = storage.peek(key), Self.isOlder(entry, than: sequence, trust),
                storage.remove(key)
            {
                dropped += 1
            }
        }
        guard let covers = announcement.coverage else { return dropped }
        generation += 1
        self.sequence = max(self.sequence, sequence)
        let trust = trust
        dropped += storage.removeAll { key, entry in
            Self.isOlder(entry, than: sequence, trust) && covers(key, entry)
        }
        return dropped
    }

    /// The sequence of what is not trusted may be of another epoch.
    private static func isOlder(
        _ entry: LocalEntry,
        than sequence: UInt64,
        _ trust: UInt64
    ) -> Bool {
        entry.trust != trust || entry.sequence < sequence
    }

    /// The place of what is remembered about the key.
    func stripe(of key: String) -> Int {
        Int(
            truncatingIfNeeded: UInt(bitPattern: ExactString(key).hashValue)
                % UInt(stripes.count)
        )
    }
}

extension Announcement {
    /// Whether an entry is covered by what is named other than by key; nil when nothing is.
    fileprivate var coverage: ((String, LocalEntry) -> Bool)? {
        if everything { return { _, _ in true } }
        guard !tags.isEmpty || !patterns.isEmpty || !namespaces.isEmpty else { return nil }
        let tags = Set(tags.map(ExactString.init))
        let globs = patterns.map { GlobPattern($0) }
        let prefixes = namespaces.map { "\($0):" }
        return { key, entry in
            entry.tags.contains { tags.contains(ExactString($0)) }
                || prefixes.contains { key.utf8.starts(with: $0.utf8) }
                || globs.contains { $0.matches(key) }
        }
    }
}
