/// The right to load a value from its source and to put it into the store: one process at a time
/// has it for a key.
///
/// Whatever changes the key, or begins to purge what covers it, takes the lease away in the same
/// step. So a value that was loaded under a lease is as new as everything that was announced, as
/// long as the lease is still its holder's when the value is written.
public struct LoadLease: Sendable, Hashable {
    /// The full key.
    public let key: String
    /// Tells this load from all others, those of earlier processes of the same name too.
    public let token: String
    /// It ends so long after it was granted, or renewed, by the clock of the store.
    public let timeToLive: Duration

    /// A lease that nobody has had before.
    public init(key: String, timeToLive: Duration) {
        self.init(key: key, token: Self.freshToken(), timeToLive: timeToLive)
    }

    /// A lease from its parts.
    public init(key: String, token: String, timeToLive: Duration) {
        self.key = key
        self.token = token
        self.timeToLive = timeToLive
    }

    /// 128 random bits.
    private static func freshToken() -> String {
        let halves = (0..<2).map { _ in String(UInt64.random(in: .min ... .max), radix: 36) }
        return halves.joined(separator: "-")
    }
}

/// What became of a wish for a lease.
public enum LoadClaim: Sendable, Equatable {
    /// The caller has it: what it reads from the source from now on, it may write.
    case granted
    /// Another one has it, and for so long unless he is done earlier or renews it.
    case held(Duration)
    /// The store has a value that is good enough.
    case present
}
