/// A value that was found, and where.
public struct Hit: Sendable, Equatable {
    /// Where a value was found.
    public enum Origin: String, Sendable {
        /// In this process, and no older than the bound.
        case local
        /// In the store.
        case remote
        /// In this process, and perhaps older than the bound: the reader's policy allows it.
        case stale
    }

    /// The stored bytes.
    public let bytes: [UInt8]
    /// Where they were found.
    public let origin: Origin
}
