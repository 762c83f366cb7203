import Codecs

/// What a local tier holds and remembers, and all its rules: a value, used under the tier's lock.
struct LocalTierState: Sendable {
    /// More stripes make a needless refusal rarer; each costs 64 bytes.
    static let stripeCount = 1024

    var storage: any LocalStorage
    /// How many entries messages have removed so far.
    private(set) var droppedCount = 0
    /// How many entries that were not trusted were replaced by what the store has.
    private(set) var revalidatedCount = 0
    /// How many own changes were announced.
    private(set) var ownChangeCount = 0
    private(set) var stripes: [Stripe]
    private(set) var epoch = ""
    /// How often the log was found to be another, or may have been.
    private(set) var life: UInt64 = 0
    /// How often nothing that was held could be trusted any more.
    private(set) var distrustCount = 0
    /// Entries of another number are not trusted.
    private(set) var trust: UInt64 = 0
    /// Whether what comes in may be from another server than the one whose log is heard.
    var isDoubtful = false
    /// What foreign programs change, too.
    private let watched: WatchedPrefixes
    /// Entries of watched keys with another number are not trusted.
    private(set) var watchedTrust: UInt64 = 0
    /// Entries of watched keys may be served before this.
    var watchedUntil: ContinuousClock.Instant?
    /// Of messages that name no single key.
    private(set) var generation: UInt64 = 0
    private(set) var sequence: UInt64 = 0
    /// Of the reads and writes that began.
    private var lastNumber: UInt64 = 0

    /// What messages and answers have said about the keys that share it.
    struct Stripe: Sendable {
        /// How many messages and own changes have named one of the keys.
        var generation: UInt64 = 0
        /// The newest of those messages.
        var sequence: UInt64 = 0
        /// Of the reads and writes that were answered, the one that began last.
        var answered: UInt64 = 0
        /// As of when the newest answer was.
        var seen: LogPosition?
    }

    /// Nothing heard, and what `storage` holds.
    init(
        storage: any LocalStorage,
        watched: WatchedPrefixes = .none,
        stripeCount: Int = Self.stripeCount
    ) {
        self.storage = storage
        self.watched = watched
        stripes = Array(repeating: Stripe(), count: stripeCount)
    }

    /// The place of what is remembered about the key.
    func stripe(of key: String) -> Int {
        Int(
            truncatingIfNeeded: UInt(bitPattern: ExactString(key).hashValue)
                % UInt(stripes.count)
        )
    }

    // MARK: Reading

    mutating func held(
        forKey key: String,
        at now: ContinuousClock.Instant
    ) -> HeldCopy? {
        guard let entry = storage.entry(forKey: key, at: now) else { return nil }
        return HeldCopy(entry: entry, isTrusted: trusts(entry, at: now))
    }

    /// Whether the entry is known to be coherent.
    private func trusts(_ entry: LocalEntry, at now: ContinuousClock.Instant) -> Bool {
        guard isOfPresentTrust(entry) else { return false }
        guard entry.isWatched else { return true }
        guard let watchedUntil else { return false }
        return now < watchedUntil
    }

    /// Whether nothing has cast doubt on the entry since it came in.
    private func isOfPresentTrust(_ entry: LocalEntry) -> Bool {
        entry.trust == (entry.isWatched ? watchedTrust : trust)
    }

    func servable(_ key: String, at now: ContinuousClock.Instant) -> LocalEntry? {
        guard let entry = storage.peek(key), entry.expiry > now, trusts(entry, at: now) else {
            return nil
        }
        return entry
    }

    func sample(_ count: Int, at now: ContinuousClock.Instant) -> [String] {
        storage.sample(count).filter { servable($0, at: now) != nil }
    }

    // MARK: Answers of the store

    mutating func fillToken(forKey key: String) -> LocalTier.FillToken {
        lastNumber += 1
        let place = stripe(of: key)
        return LocalTier.FillToken(
            place: place,
            stripe: stripes[place].generation,
            all: generation,
            number: lastNumber
        )
    }

    /// The store has said what the key is, or that it is not; whoever asked has seen it.
    ///
    /// Who keeps no copy renews the one that is held, if there is any, so that it stays as good.
    mutating func answer(
        _ entry: LocalEntry?,
        asOf position: LogPosition?,
        forKey key: String,
        _ token: LocalTier.FillToken,
        keeping: Bool = true
    ) -> Bool {
        let stripe = token.place
        let isKept =
            isUnchanged(since: token) && token.number > stripes[stripe].answered
            && !isOlder(position, thanSeenIn: stripe)
        noteAnswer(token.number, asOf: position, in: stripe)
        if isKept, let entry, keeping || storage.peek(key) != nil {
            insert(entry, forKey: key)
        } else if isKept || storage.peek(key)?.bytes != entry?.bytes {
            _ = storage.remove(key)
        }
        return isKept
    }

    func isUnchanged(since token: LocalTier.FillToken) -> Bool {
        generation == token.all && stripes[token.place].generation == token.stripe
    }

    private func isOlder(_ position: LogPosition?, thanSeenIn stripe: Int) -> Bool {
        guard let position, let seen = stripes[stripe].seen, seen.epoch == position.epoch else {
            return false
        }
        return position.sequence < seen.sequence
    }

    private mutating func noteAnswer(
        _ number: UInt64,
        asOf position: LogPosition?,
        in stripe: Int
    ) {
        stripes[stripe].answered = max(stripes[stripe].answered, number)
        guard let position, !isOlder(position, thanSeenIn: stripe) else { return }
        stripes[stripe].seen = position
    }

    // MARK: Own changes

    mutating func writeToken() -> LocalTier.WriteToken {
        lastNumber += 1
        return LocalTier.WriteToken(life: life, number: lastNumber)
    }

    mutating func acknowledge(
        _ announcement: Announcement,
        at position: LogPosition,
        _ values: [(key: String, entry: LocalEntry)],
        _ token: LocalTier.WriteToken?
    ) -> Int {
        ownChangeCount += 1
        enter(position.epoch)
        let kept = values.filter { key, _ in
            token.map { mayKeep(key, writtenAt: position, since: $0) } ?? false
        }
        let dropped = forget(announcement, upTo: position.sequence, evenNewer: true)
        lastNumber += 1
        for key in announcement.keys {
            let number = token?.number ?? lastNumber
            noteAnswer(number, asOf: position, in: self.stripe(of: key))
        }
        for (key, entry) in kept { insert(entry, forKey: key) }
        return dropped
    }

    /// Whether nothing has come that may be newer than an own write.
    ///
    /// A value that was seen at the write's own position is no other, unless a fail-over has given
    /// the number away again: then it is not the write's.
    private func mayKeep(
        _ key: String,
        writtenAt position: LogPosition,
        since token: LocalTier.WriteToken
    ) -> Bool {
        let stripe = stripes[self.stripe(of: key)]
        guard life == token.life, stripe.answered < token.number,
            max(stripe.sequence, sequence) <= position.sequence,
            // A foreign change may have come after it, which has no place in the log's order.
            !watched.cover(key)
        else { return false }
        guard let seen = stripe.seen, seen.epoch == position.epoch else { return true }
        return seen.sequence < position.sequence
    }

    // MARK: What the log says

    mutating func apply(_ announcement: Announcement, at position: LogPosition) -> Int {
        enter(position.epoch)
        return forget(announcement, upTo: position.sequence)
    }

    /// Sequences of two epochs cannot be compared: nothing held is known to be newer.
    private mutating func enter(_ epoch: String) {
        guard epoch != self.epoch else { return }
        if !self.epoch.isEmpty { distrustAll() }
        self.epoch = epoch
    }

    /// Forgets what is named, but for what is known to be newer than the message `sequence`.
    private mutating func forget(
        _ announcement: Announcement,
        upTo sequence: UInt64,
        evenNewer: Bool = false
    ) -> Int {
        let trust = trust
        func goes(_ entry: LocalEntry) -> Bool {
            // The sequence of what is not trusted may be of another epoch; a watched one is none.
            evenNewer || entry.isWatched || entry.trust != trust || entry.sequence < sequence
        }
        var dropped = 0
        for key in announcement.keys {
            let stripe = self.stripe(of: key)
            stripes[stripe].generation += 1
            stripes[stripe].sequence = max(stripes[stripe].sequence, sequence)
            // The entry that this very message announced, or a later one, stays.
            if let entry = storage.peek(key), goes(entry), storage.remove(key) { dropped += 1 }
        }
        if let covers = announcement.coverage {
            generation += 1
            self.sequence = max(self.sequence, sequence)
            dropped += storage.removeAll { key, entry in goes(entry) && covers(key, entry) }
        }
        droppedCount += dropped
        return dropped
    }

    mutating func forgetAhead(of position: LogPosition) -> Int {
        beginLife()
        return storage.removeAll { _, entry in
            guard let asOf = entry.asOf else { return true }
            return asOf.epoch != position.epoch || asOf.sequence > position.sequence
        }
    }

    mutating func distrustAll() {
        beginLife()
        trust += 1
        distrustCount += 1
        storage.markAll()
        sequence = 0
        for index in stripes.indices { stripes[index].sequence = 0 }
        distrustWatched()
    }

    mutating func trustAnswers() {
        isDoubtful = false
        beginLife()
    }

    /// What is on its way in is refused, and what was seen of the log before says nothing any more.
    private mutating func beginLife() {
        life += 1
        generation += 1
        for index in stripes.indices { stripes[index].seen = nil }
    }

    // MARK: Foreign changes

    mutating func distrustWatched() {
        watchedTrust += 1
        generation += 1
    }

    mutating func forgetWatched(_ keys: [String]) -> Int {
        var dropped = 0
        for key in keys {
            stripes[stripe(of: key)].generation += 1
            if storage.remove(key) { dropped += 1 }
        }
        droppedCount += dropped
        return dropped
    }

    mutating func forgetAllWatched() -> Int {
        generation += 1
        let dropped = storage.removeAll { $1.isWatched }
        droppedCount += dropped
        return dropped
    }

    private mutating func insert(_ entry: LocalEntry, forKey key: String) {
        var entry = entry
        entry.isWatched = watched.cover(key)
        entry.trust = isDoubtful ? .max : entry.isWatched ? watchedTrust : trust
        let old = storage.insert(entry, forKey: key)
        if let old, !isOfPresentTrust(old) { revalidatedCount += 1 }
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
