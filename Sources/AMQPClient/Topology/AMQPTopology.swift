/// Exchanges, queues and bindings that must exist before work begins: values, declared on start.
///
/// Declaring what exists already changes nothing. What exists with other properties is reported
/// and left as it is.
public struct AMQPTopology: Sendable, Hashable {
    /// Declared first.
    public var exchanges: [AMQPExchange]
    /// Declared after the exchanges they may name in their arguments.
    public var queues: [AMQPQueue]
    /// Made last.
    public var bindings: [AMQPBinding]

    /// A topology from its parts.
    public init(
        exchanges: [AMQPExchange] = [],
        queues: [AMQPQueue] = [],
        bindings: [AMQPBinding] = []
    ) {
        self.exchanges = exchanges
        self.queues = queues
        self.bindings = bindings
    }
}
