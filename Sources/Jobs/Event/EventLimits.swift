public import Codecs

/// How large an event may be.
public struct EventLimits: Sendable, Equatable {
    /// Bytes of the event; in binary mode of its attributes and data together.
    public var maxEventBytes: Int
    /// Arrays and objects inside each other, the event itself counted.
    public var maxDepth: Int

    /// Limits that are 1 MiB and 64 unless given.
    public init(maxEventBytes: Int = 1 << 20, maxDepth: Int = JSONReader.standardDepth) {
        self.maxEventBytes = maxEventBytes
        self.maxDepth = maxDepth
    }
}
