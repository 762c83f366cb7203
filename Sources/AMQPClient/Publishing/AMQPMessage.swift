/// A message to publish.
public struct AMQPMessage: Sendable, Hashable {
    /// The exchange; the empty name stands for the one that knows every queue.
    public var exchange: String
    /// What the exchange routes by.
    public var routingKey: String
    /// Any bytes.
    public var body: ArraySlice<UInt8>
    /// What travels beside the body.
    public var properties: AMQPProperties
    /// Whether it is an error when no queue takes the message; otherwise it is confirmed and gone.
    public var isMandatory: Bool

    /// A message from its parts.
    public init(
        to exchange: String,
        routingKey: String,
        body: ArraySlice<UInt8>,
        properties: AMQPProperties = AMQPProperties(),
        isMandatory: Bool = true
    ) {
        self.exchange = exchange
        self.routingKey = routingKey
        self.body = body
        self.properties = properties
        self.isMandatory = isMandatory
    }
}
