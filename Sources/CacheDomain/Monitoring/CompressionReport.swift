/// What compression did to a value on its way into the cache.
public struct CompressionReport: Sendable, Equatable {
    /// What the value is the result of, such as "summarize"; empty where there is no such thing.
    public let operation: String
    /// The bytes of the value.
    public let byteCount: Int
    /// The bytes that are stored, with what marks them as compressed; no more than `byteCount`
    /// unless it had to be marked.
    public let storedByteCount: Int
    /// How long it took.
    public let duration: Duration

    /// A report from its parts.
    public init(operation: String = "", byteCount: Int, storedByteCount: Int, duration: Duration) {
        self.operation = operation
        self.byteCount = byteCount
        self.storedByteCount = storedByteCount
        self.duration = duration
    }

    /// What is stored as a share of what there was: less is better, and 1 is no gain.
    public var ratio: Double {
        byteCount == 0 ? 1 : Double(storedByteCount) / Double(byteCount)
    }
}
