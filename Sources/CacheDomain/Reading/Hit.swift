/// A value that was found, and where.
public struct Hit: Sendable, Equatable {
    /// Where a value was found.
    public enum Origin: String, Sendable {
        /// In this process, and no older than the bound.
        case local
        /// In the store.
        case remote
        /// In this process or in the store, and perhaps older than the bound, or older than it
        /// should be: the reader's policy allows it.
        case stale
        /// Nowhere: it was loaded from its source.
        case source
    }

    /// The stored bytes.
    public let bytes: [UInt8]
    /// Where they were found.
    public let origin: Origin

    init(bytes: [UInt8], origin: Origin) {
        self.bytes = bytes
        self.origin = origin
    }

    /// What a stored text stands for; nil where it says that there is no value.
    init?(stored bytes: [UInt8], origin: Origin) {
        if AbsenceMark.isIn(bytes) { return nil }
        self.init(bytes: bytes, origin: origin)
    }
}
