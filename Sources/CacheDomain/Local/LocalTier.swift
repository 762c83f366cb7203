import Synchronization

/// The copies that this process holds, and the rules by which a copy may come in and be served.
///
/// A value read from the remote store may be overtaken, on its way, by the message that it has
/// changed. So a reader takes a token before it asks, and the value is installed only if no message
/// has touched the key's stripe since. Tokens live outside the entries: a key that is not held can
/// be invalidated too. A writer knows the message of its own write instead: its value is newer than
/// every message up to that one, as long as the messages heard since it began are remembered.
///
/// Whoever reads twice never gets the older value second: an answer that may be older than one that
/// came before it is not kept, and takes with it what is held and differs from it.
///
/// What it does is decided by `LocalTierState`; this is the lock around it.
public final class LocalTier: Sendable {
    let state: Mutex<LocalTierState>

    /// A tier that keeps its entries in `storage`; those of watched keys are served only while
    /// somebody watches.
    public init(_ storage: any LocalStorage, watched: WatchedPrefixes = .none) {
        state = Mutex(LocalTierState(storage: storage, watched: watched))
    }

    /// How many entries are held.
    public var count: Int { state.withLock { $0.storage.count } }

    /// The bytes of the keys and values held.
    public var byteCount: Int { state.withLock { $0.storage.byteCount } }

    /// How many entries messages have removed so far.
    public var droppedCount: Int { state.withLock { $0.droppedCount } }

    /// The entry, if it is held, has not expired and is known to be coherent.
    public func entry(forKey key: String, at now: ContinuousClock.Instant) -> LocalEntry? {
        guard let held = held(forKey: key, at: now), held.isTrusted else { return nil }
        return held.entry
    }

    /// The entry, if it is held and has not expired, and whether it is known to be coherent.
    public func held(
        forKey key: String,
        at now: ContinuousClock.Instant
    ) -> HeldCopy? {
        state.withLock { $0.held(forKey: key, at: now) }
    }

    /// The same for many keys, in their order.
    func held(
        forKeys keys: [String],
        at now: ContinuousClock.Instant
    ) -> [HeldCopy?] {
        state.withLock { state in keys.map { state.held(forKey: $0, at: now) } }
    }

    /// The entry, if it is held, has not expired and is known to be coherent; not counted as a use.
    func servable(_ key: String, at now: ContinuousClock.Instant) -> LocalEntry? {
        state.withLock { $0.servable(key, at: now) }
    }

    /// Up to so many keys of copies that could be served now, any of them.
    func sample(_ count: Int, at now: ContinuousClock.Instant) -> [String] {
        state.withLock { $0.sample(count, at: now) }
    }

    // MARK: Answers of the store

    /// What `install` and `discard` want; take it before asking the remote store.
    public func fillToken(forKey key: String) -> FillToken {
        state.withLock { $0.fillToken(forKey: key) }
    }

    /// A token for each of the keys.
    func fillTokens(forKeys keys: [String]) -> [FillToken] {
        state.withLock { state in keys.map { state.fillToken(forKey: $0) } }
    }

    /// Keeps the values that the store has for the keys as of that position, and forgets those that
    /// it does not have, as `install` and `discard` would one by one.
    ///
    /// Without `keeping`, only copies that are held already are renewed.
    func settle(
        _ keys: [String],
        _ entries: [LocalEntry?],
        asOf position: LogPosition?,
        ifUnchangedSince tokens: [FillToken],
        keeping: Bool = true
    ) {
        state.withLock { state in
            for (index, key) in keys.enumerated() {
                let entry = entries[index]
                let token = tokens[index]
                _ = state.answer(entry, asOf: position, forKey: key, token, keeping: keeping)
            }
        }
    }

    /// Whether no message has touched the token's key, or what shares its memory, since then.
    func isUnchanged(since token: FillToken) -> Bool {
        state.withLock { $0.isUnchanged(since: token) }
    }

    /// Keeps a value that was read after `token` was taken; false when a message came between, or
    /// the answer to a reader who asked later, or one that is newer.
    ///
    /// What is not kept takes a copy of another value with it: the reader has seen it, and must not
    /// be served something older next.
    @discardableResult
    public func install(
        _ entry: LocalEntry,
        forKey key: String,
        ifUnchangedSince token: FillToken
    ) -> Bool {
        state.withLock { $0.answer(entry, asOf: entry.asOf, forKey: key, token) }
    }

    /// Forgets the key, which the store did not have as of that position.
    public func discard(
        _ key: String,
        asOf position: LogPosition?,
        ifUnchangedSince token: FillToken
    ) {
        settle([key], [nil], asOf: position, ifUnchangedSince: [token])
    }

    // MARK: Own changes

    /// What `acknowledge` wants; take it before the write.
    public func writeToken() -> WriteToken { state.withLock { $0.writeToken() } }

    /// An own change was made and announced at `position`: forgets what it names, however new.
    ///
    /// Returns how many entries that were.
    ///
    /// The `values` it wrote are kept, unless a later message about one has come already, or the
    /// answer to a later reader, or the log may have become another since `token` was taken, or
    /// the key is watched.
    @discardableResult
    public func acknowledge(
        _ announcement: Announcement,
        at position: LogPosition,
        keeping values: [(key: String, entry: LocalEntry)] = [],
        since token: WriteToken? = nil
    ) -> Int {
        state.withLock { $0.acknowledge(announcement, at: position, values, token) }
    }

    // MARK: What the log says

    /// Forgets what the message names, and returns how many entries that were.
    @discardableResult
    public func apply(_ announcement: Announcement, at position: LogPosition) -> Int {
        state.withLock { $0.apply(announcement, at: position) }
    }

    /// Forgets what came about after `position`, or may have, and returns how many entries that
    /// were; what is on its way in is refused.
    ///
    /// A value may be read, or written, before its message is heard. When the log is then followed
    /// anew it may have lost that message, and the store the value: nothing would ever tell.
    @discardableResult
    public func forgetAhead(of position: LogPosition) -> Int {
        state.withLock { $0.forgetAhead(of: position) }
    }

    /// Trusts nothing that is held or on its way in, and forgets every message: the log began a new
    /// epoch, or a part of it is lost.
    ///
    /// What is held stays, each entry until it is asked for and read anew: so a new beginning is no
    /// storm of reads, and a reader who would rather have something old than nothing can have it.
    public func distrustAll() {
        state.withLock { $0.distrustAll() }
    }

    /// Keeps what the store answers from now on, and own changes, without trust: they may be from
    /// another server than the one whose log is heard.
    public func doubtAnswers() { state.withLock { $0.isDoubtful = true } }

    /// Trusts answers again that are asked for, and changes that are made, from now on.
    public func trustAnswers() { state.withLock { $0.trustAnswers() } }

    /// Forgets what has expired, and returns how many entries that were.
    public func removeExpired(at now: ContinuousClock.Instant) -> Int {
        state.withLock { $0.storage.removeAll { _, entry in entry.expiry <= now } }
    }

    /// Proof of the moment a fill began.
    public struct FillToken: Sendable, Hashable {
        /// Which stripe the key is of.
        let place: Int
        let stripe: UInt64
        let all: UInt64
        /// Its place among all that began.
        let number: UInt64
    }

    /// Proof of the moment a write began.
    public struct WriteToken: Sendable, Hashable {
        let life: UInt64
        /// Its place among all that began.
        let number: UInt64
    }
}
