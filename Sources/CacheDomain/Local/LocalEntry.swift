import Telemetry

/// A value that this process holds.
///
/// It is copied with every read, so what it refers to is one object.
public struct LocalEntry: Sendable, Equatable {
    private final class Content: Sendable {
        let bytes: [UInt8]
        let tags: [String]
        let asOf: LogPosition?

        init(bytes: [UInt8], tags: [String], asOf: LogPosition?) {
            self.bytes = bytes
            self.tags = tags
            self.asOf = asOf
        }
    }

    private let content: Content
    private let packedExpiry: PackedInstant
    private let packedStoreExpiry: PackedInstant?
    /// The message that announced this very value, or 0: messages up to it do not concern it.
    public let sequence: UInt64
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
        content = Content(bytes: bytes, tags: tags, asOf: asOf)
        packedExpiry = PackedInstant(expiry)
        packedStoreExpiry = storeExpiry.map(PackedInstant.init)
        self.sequence = sequence
    }

    /// The bytes as the remote store has them.
    public var bytes: [UInt8] { content.bytes }
    /// The tags it is known to have; the remote store may know more.
    public var tags: [String] { content.tags }
    /// The position of the log by which the value had come about, so no later message is in it;
    /// nil when that is not known.
    public var asOf: LogPosition? { content.asOf }
    /// After this the entry is absent.
    public var expiry: ContinuousClock.Instant { packedExpiry.instant }
    /// When the store forgets the value, as far as this process can tell; nil where it does not.
    public var storeExpiry: ContinuousClock.Instant? { packedStoreExpiry?.instant }

    /// Whether all parts are the same.
    public static func == (one: LocalEntry, other: LocalEntry) -> Bool {
        one.bytes == other.bytes && one.tags == other.tags && one.asOf == other.asOf
            && one.packedExpiry == other.packedExpiry
            && one.packedStoreExpiry == other.packedStoreExpiry
            && one.sequence == other.sequence && one.trust == other.trust
            && one.isWatched == other.isWatched
    }
}
