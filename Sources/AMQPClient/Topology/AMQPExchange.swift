/// An exchange as it should be.
public struct AMQPExchange: Sendable, Hashable {
    public enum Kind: String, Sendable {
        case direct
        case fanout
        case headers
        case topic
    }

    public var name: String
    public var kind: Kind
    public var isDurable: Bool
    public var arguments: AMQPTable

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
