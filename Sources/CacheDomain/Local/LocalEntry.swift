/// A value that this process holds.
public struct LocalEntry: Sendable, Equatable {
    /// The bytes as the remote store has them.
    public let bytes: [UInt8]
    /// After this the entry is absent.
    public let expiry: ContinuousClock.Instant
    /// The tags it is known to have; the remote store may know more.
    public let tags: [String]
    /// The message that announced this very value, or 0: messages up to it do not concern it.
    public let sequence: UInt64
    /// The position of the log by which the value had come about, so no later message is in it;
    /// nil when that is not known.
    public let asOf: LogPosition?
    /// When the store forgets the value, as far as this process can tell; nil where it does not.
    public let storeExpiry: ContinuousClock.Instant?
    /// Set by the tier: the part of its life that the entry comes from.
    var trust: UInt64 = 0
    /// Set by the tier: whether foreign programs may change the key.
    var isWatched = false

    /// An entry from its parts.
    public init(
        bytes: [UInt8],
        expiry: ContinuousClock.Instant,
        tags: [String] = [],
        sequence: UInt64 = 0,
        asOf: LogPosition? = nil,
        storeExpiry: ContinuousClock.Instant? = nil
    ) {
        self.bytes = bytes
        self.expiry = expiry
        self.tags = tags
        self.sequence = sequence
        self.asOf = asOf
        self.storeExpiry = storeExpiry
    }
}
