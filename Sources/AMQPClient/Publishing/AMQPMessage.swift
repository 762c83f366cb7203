/// A message to publish.
public struct AMQPMessage: Sendable, Hashable {
    public var exchange: String
    public var routingKey: String
    public var body: ArraySlice<UInt8>
    public var properties: AMQPProperties
    /// Whether it is an error when no queue takes the message; otherwise it is confirmed and gone.
    public var isMandatory: Bool

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
