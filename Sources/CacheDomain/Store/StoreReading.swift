/// Values as they were read together, and how far the log was then.
public struct StoreReading: Sendable, Equatable {
    /// In the order of the keys; nil where there is none.
    public let values: [StoredValue?]
    /// The log's position when all had been read, so no later message is in them; nil where the
    /// store cannot tell, since the log is on another server.
    public let position: LogPosition?

    /// A reading from its parts.
    public init(values: [StoredValue?], position: LogPosition?) {
        self.values = values
        self.position = position
    }
}
