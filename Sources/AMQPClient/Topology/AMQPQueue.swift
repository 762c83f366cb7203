/// A queue as it should be.
public struct AMQPQueue: Sendable, Hashable {
    /// The name; one given by the broker cannot be asked for.
    public var name: String
    /// Whether it outlives a restart of the broker.
    public var isDurable: Bool
    /// Only this connection may use it, and it goes with the connection.
    public var isExclusive: Bool
    /// Whether it goes with its last consumer.
    public var isAutoDeleted: Bool
    /// Type, limits, dead-letter exchange and whatever else the broker knows.
    public var arguments: AMQPTable

    /// A durable queue, unless told otherwise.
    public init(
        _ name: String,
        isDurable: Bool = true,
        isExclusive: Bool = false,
        isAutoDeleted: Bool = false,
        arguments: AMQPTable = [:]
    ) {
        self.name = name
        self.isDurable = isDurable
        self.isExclusive = isExclusive
        self.isAutoDeleted = isAutoDeleted
        self.arguments = arguments
    }

    /// A replicated queue, whose confirmed messages survive the loss of a minority of the brokers.
    public static func quorum(_ name: String, arguments: AMQPTable = [:]) -> AMQPQueue {
        var arguments = arguments
        arguments["x-queue-type"] = "quorum"
        return AMQPQueue(name, arguments: arguments)
    }
}
