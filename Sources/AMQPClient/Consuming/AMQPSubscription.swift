/// A queue to consume from.
public struct AMQPSubscription: Sendable, Hashable {
    /// The queue, which has to exist or be in the topology.
    public var queue: String
    /// How many deliveries of this queue may be unsettled at once, from 1.
    public var prefetch: UInt16
    /// Whether the queue may have no other consumer.
    public var isExclusive: Bool
    /// Priority and whatever else the broker knows about consumers.
    public var arguments: AMQPTable

    /// A subscription; a prefetch of 0, which means no limit to a broker, becomes 1.
    public init(
        to queue: String,
        prefetch: UInt16,
        isExclusive: Bool = false,
        arguments: AMQPTable = [:]
    ) {
        self.queue = queue
        self.prefetch = max(prefetch, 1)
        self.isExclusive = isExclusive
        self.arguments = arguments
    }
}
