/// A place in the order that the coherence log gives to all changes.
///
/// Sequences are comparable within one epoch only: a log that lost its end, or was emptied, goes on
/// under a new epoch.
public struct LogPosition: Sendable, Hashable {
    /// The name of the log's present life; empty before its first message.
    public var epoch: String
    /// Rises by one a message without gaps; 0 before the first.
    public var sequence: UInt64

    /// Before the first message ever.
    public static let start = LogPosition(epoch: "", sequence: 0)

    /// A position from its parts.
    public init(epoch: String, sequence: UInt64) {
        self.epoch = epoch
        self.sequence = sequence
    }
}
