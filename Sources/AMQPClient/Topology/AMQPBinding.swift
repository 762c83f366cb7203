/// A rule by which messages flow from an exchange to a queue or another exchange.
public struct AMQPBinding: Sendable, Hashable {
    public enum Destination: Sendable, Hashable {
        case queue(String)
        case exchange(String)
    }

    public var destination: Destination
    public var exchange: String
    public var routingKey: String
    public var arguments: AMQPTable

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
