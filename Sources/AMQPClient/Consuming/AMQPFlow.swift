/// How the deliveries of one queue come to a consumer.
public struct AMQPFlow: Sendable, Hashable {
    /// The queue.
    public let queue: String
    /// Counts the consumers that were ever started on this `AMQPConsumer`.
    public let generation: UInt32
    /// How many deliveries this consumer has been sent.
    public let deliveredCount: UInt64
    /// How many of them are not settled.
    public let unsettledCount: Int
    /// Whether the broker may send more, and this side reads what it sends.
    public let hasCredit: Bool
}
