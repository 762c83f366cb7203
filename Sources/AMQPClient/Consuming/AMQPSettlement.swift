/// What became of acknowledgements: a known outcome, never an error.
public struct AMQPSettlement: Sendable, Hashable {
    /// Deliveries the broker has been told about.
    public internal(set) var sentCount = 0
    /// Deliveries of a channel that is gone, or settled before: the broker delivers the former
    /// again, so their effect will happen twice.
    public internal(set) var staleCount = 0

    /// Nothing settled.
    public init() {}
}
