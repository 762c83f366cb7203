/// An exchange as it should be.
public struct AMQPExchange: Sendable, Hashable {
    /// How an exchange chooses where a message goes.
    public enum Kind: String, Sendable {
        case direct
        case fanout
        case headers
        case topic
    }

    /// The name.
    public var name: String
    /// How it routes.
    public var kind: Kind
    /// Whether it outlives a restart of the broker.
    public var isDurable: Bool
    /// What else the broker knows about exchanges.
    public var arguments: AMQPTable

    /// A durable exchange, unless told otherwise.
    public init(
        _ name: String,
        _ kind: Kind,
        isDurable: Bool = true,
        arguments: AMQPTable = [:]
    ) {
        self.name = name
        self.kind = kind
        self.isDurable = isDurable
        self.arguments = arguments
    }
}
