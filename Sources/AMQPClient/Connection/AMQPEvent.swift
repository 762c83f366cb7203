/// What happens to a consumer or publisher, told on its loop in the order it happens.
public enum AMQPEvent: Sendable, Hashable {
    /// A connection is open; `count` is the number of connections so far.
    case connected(count: Int)
    /// An attempt failed, or the connection was lost.
    case disconnected(AMQPError)
    /// Everything of the topology that exists is in use; empty when nothing is missing.
    case setUp(problems: [AMQPProblem])
    /// The broker cancelled the consumer of a queue, or closed its channel; it is started again.
    case consumerLost(queue: String, AMQPError)
    /// The broker closed the channel for publishing; it is opened again.
    case publishingLost(AMQPError)
    case blocked(reason: String)
    case unblocked
}
