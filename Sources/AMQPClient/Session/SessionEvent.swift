/// What a session tells its owner, on the loop.
enum SessionEvent: Sendable {
    /// The last event: the connection is gone.
    case ended(AMQPError)
    /// The broker cancelled a consumer or closed its channel.
    case consumerLost(subscription: Int, AMQPError)
    /// The channel for publishing was closed.
    case publishingLost(AMQPError)
    case blocked(reason: String)
    case unblocked
}
