/// A queue to consume from.
public struct AMQPSubscription: Sendable, Hashable {
    public var queue: String
    /// How many deliveries of this queue may be unsettled at once, from 1.
    public var prefetch: UInt16
    public var isExclusive: Bool
    public var arguments: AMQPTable

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
