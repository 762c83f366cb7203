import Codecs
import Synchronization

/// The copies that this process holds, and the rule by which a copy may come in.
///
/// A value read from the remote store may be overtaken, on its way, by the message that it has
/// changed. So a reader takes a token before it asks, and the value is installed only if no message
/// has touched the key's stripe since. Tokens live outside the entries: a key that is not held can
/// be invalidated too. A writer knows the message of its own write instead: its value is newer than
/// every message up to that one, as long as the messages heard since it began are remembered.
public final class LocalTier: Sendable {
    /// More stripes make a needless refusal rarer; each costs 16 bytes.
    static let stripeCount = 1024

    private let state: Mutex<State>

    /// A tier that keeps its entries in `storage`.
    public init(_ storage: any LocalStorage) {
        state = Mutex(State(storage: storage))
    }

    /// How many entries are held.
    public var count: Int { state.withLock { $0.storage.count } }

    /// The bytes of the keys and values held.
    public var byteCount: Int { state.withLock { $0.storage.byteCount } }

    /// How many entries messages have removed so far.
    public var droppedCount: Int { state.withLock { $0.droppedCount } }

    /// The entry, if it is held, has not expired and is known to be coherent.
    public func entry(forKey key: String, at now: ContinuousClock.Instant) -> LocalEntry? {
        held(forKey: key, at: now).flatMap { $0.isTrusted ? $0.entry : nil }
    }

    /// The entry, if it is held and has not expired, and whether it is known to be coherent.
    public func held(
        forKey key: String,
        at now: ContinuousClock.Instant
    ) -> (entry: LocalEntry, isTrusted: Bool)? {
        state.withLock { state in
            state.storage.entry(forKey: key, at: now).map { ($0, $0.trust == state.trust) }
        }
    }

    /// Up to so many keys of copies that could be served now, any of them.
    func sample(_ count: Int, at now: ContinuousClock.Instant) -> [String] {
        state.withLock { state in
            state.storage.sample(count)
                .filter { key in
                    guard let entry = state.storage.peek(key) else { return false }
                    return entry.trust == state.trust && entry.expiry > now
                }
        }
    }

    /// What `install(_:forKey:ifUnchangedSince:)` wants; take it before asking the remote store.
    public func fillToken(forKey key: String) -> FillToken {
        state.withLock { state in
            FillToken(
                stripe: state.stripes[Self.stripe(of: key)].generation,
                all: state.generation
            )
        }
    }

    /// Keeps a value that was read after `token` was taken; false when a message came between.
    @discardableResult
    public func install(
        _ entry: LocalEntry,
        forKey key: String,
        ifUnchangedSince token: FillToken
    ) -> Bool {
        state.withLock { state in
            guard state.generation == token.all,
                state.stripes[Self.stripe(of: key)].generation == token.stripe
            else { return false }
            state.insert(entry, forKey: key)
            return true
        }
    }

    /// Forgets the key, which the store does not have; nothing happens when a message about it came
    /// after `token` was taken.
    public func discard(_ key: String, ifUnchangedSince token: FillToken) {
        state.withLock { state in
            guard state.generation == token.all,
                state.stripes[Self.stripe(of: key)].generation == token.stripe
            else { return }
            _ = state.storage.remove(key)
        }
    }

    /// What `install(written:forKey:ifSameLogSince:)` wants; take it before the write.
    public func writeToken() -> WriteToken { WriteToken(life: state.withLock { $0.life }) }

    /// Keeps a value of this process' own write, which `entry.sequence` announced; false when a
    /// later message about it has come already, or the log may have become another since `token`
    /// was taken.
    @discardableResult
    public func install(
        written entry: LocalEntry,
        forKey key: String,
        ifSameLogSince token: WriteToken
    ) -> Bool {
        state.withLock { state in
            let stripe = state.stripes[Self.stripe(of: key)]
            guard state.life == token.life,
                max(stripe.sequence, state.sequence) <= entry.sequence
            else { return false }
            state.insert(entry, forKey: key)
            return true
        }
    }

    /// Forgets what the message names, and returns how many entries that were.
    @discardableResult
    public func apply(_ announcement: Announcement, at position: LogPosition) -> Int {
        state.withLock { state in
            if position.epoch != state.epoch {
                // Sequences of two epochs cannot be compared: nothing held is known to be newer.
                if !state.epoch.isEmpty { state.distrustAll() }
                state.epoch = position.epoch
            }
            let dropped = state.apply(announcement, at: position.sequence)
            state.droppedCount += dropped
            return dropped
        }
    }

    /// Forgets what came about after `position`, or may have, and returns how many entries that
    /// were; what is on its way in is refused.
    ///
    /// A value may be read, or written, before its message is heard. When the log is then followed
    /// anew it may have lost that message, and the store the value: nothing would ever tell.
    @discardableResult
    public func forgetAhead(of position: LogPosition) -> Int {
        state.withLock { state in
            state.life += 1
            state.generation += 1
            return state.storage.removeAll { _, entry in
                guard let asOf = entry.asOf else { return true }
                return asOf.epoch != position.epoch || asOf.sequence > position.sequence
            }
        }
    }

    /// Trusts nothing that is held or on its way in, and forgets every message: the log began a new
    /// epoch, or a part of it is lost.
    ///
    /// What is held stays, each entry until it is asked for and read anew: so a new beginning is no
    /// storm of reads, and a reader who would rather have something old than nothing can have it.
    public func distrustAll() {
        state.withLock { $0.distrustAll() }
    }

    /// Forgets what has expired, and returns how many entries that were.
    public func removeExpired(at now: ContinuousClock.Instant) -> Int {
        state.withLock { $0.storage.removeAll { _, entry in entry.expiry <= now } }
    }

    /// Proof of the moment a fill began.
    public struct FillToken: Sendable, Equatable {
        fileprivate let stripe: UInt64
        fileprivate let all: UInt64
    }

    /// Proof of the moment a write began.
    public struct WriteToken: Sendable, Equatable {
        fileprivate let life: UInt64
    }

    fileprivate static func stripe(of key: String) -> Int {
        Int(truncatingIfNeeded: UInt(bitPattern: ExactString(key).hashValue) % UInt(stripeCount))
    }

    private struct Stripe {
        var generation: UInt64 = 0
        var sequence: UInt64 = 0
    }

    private struct State {
        var storage: any LocalStorage
        var stripes = [Stripe](repeating: Stripe(), count: LocalTier.stripeCount)
        var epoch = ""
        var droppedCount = 0
        /// How often the log was found to be another, or may have been.
        var life: UInt64 = 0
        /// Entries of another number are not trusted.
        var trust: UInt64 = 0
        /// Of messages that name no single key.
        var generation: UInt64 = 0
        var sequence: UInt64 = 0

        init(storage: any LocalStorage) { self.storage = storage }

        mutating func distrustAll() {
            life += 1
            trust += 1
            generation += 1
            sequence = 0
            for index in stripes.indices { stripes[index].sequence = 0 }
        }

        mutating func insert(_ entry: LocalEntry, forKey key: String) {
            var entry = entry
            entry.trust = trust
            storage.insert(entry, forKey: key)
        }

        mutating func apply(_ announcement: Announcement, at sequence: UInt64) -> Int {
            var dropped = 0
            for key in announcement.keys {
                let stripe = LocalTier.stripe(of: key)
                stripes[stripe].generation += 1
                stripes[stripe].sequence = max(stripes[stripe].sequence, sequence)
                // The entry that this very message announced, or a later one, stays.
                if let entry = storage.peek(key), isOlder(entry, than: sequence),
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

        private func isOlder(_ entry: LocalEntry, than sequence: UInt64) -> Bool {
            Self.isOlder(entry, than: sequence, trust)
        }

        /// The sequence of what is not trusted may be of another epoch.
        private static func isOlder(
            _ entry: LocalEntry,
            than sequence: UInt64,
            _ trust: UInt64
        ) -> Bool {
            entry.trust != trust || entry.sequence < sequence
        }
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
