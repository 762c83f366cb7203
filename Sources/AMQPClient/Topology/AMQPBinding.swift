/// A rule by which messages flow from an exchange to a queue or another exchange.
public struct AMQPBinding: Sendable, Hashable {
    /// Where messages flow to.
    public enum Destination: Sendable, Hashable {
        case queue(String)
        case exchange(String)
    }

    /// Where messages flow to.
    public var destination: Destination
    /// The exchange they come from.
    public var exchange: String
    /// Which messages: a pattern where the exchange is a topic.
    public var routingKey: String
    /// What a headers exchange compares.
    public var arguments: AMQPTable

    /// A binding from its parts.
    public init(
        of destination: Destination,
        to exchange: String,
        routingKey: String = "",
        arguments: AMQPTable = [:]
    ) {
        self.destination = destination
        self.exchange = exchange
        self.routingKey = routingKey
        self.arguments = arguments
    }
}
