/// A queue as it should be.
public struct AMQPQueue: Sendable, Hashable {
    public var name: String
    public var isDurable: Bool
    /// Only this connection may use it, and it goes with the connection.
    public var isExclusive: Bool
    public var isAutoDeleted: Bool
    public var arguments: AMQPTable

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
