/// What a delivery is settled by.
///
/// The broker numbers deliveries anew on every channel; the generation tells a number of a channel
/// that is gone from one of its successor's.
public struct AMQPDeliveryID: Sendable, Hashable {
    /// Counts the consumers that were ever started on this `AMQPConsumer`.
    public let generation: UInt32
    /// The position in the list of subscriptions.
    public let subscription: UInt16
    let tag: UInt64

    init(subscription: UInt16, generation: UInt32, tag: UInt64) {
        self.subscription = subscription
        self.generation = generation
        self.tag = tag
    }
}
