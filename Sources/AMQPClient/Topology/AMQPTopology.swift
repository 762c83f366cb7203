/// Exchanges, queues and bindings that must exist before work begins: values, declared on start.
///
/// Declaring what exists already changes nothing. What exists with other properties is reported
/// and left as it is.
public struct AMQPTopology: Sendable, Hashable {
    public var exchanges: [AMQPExchange]
    public var queues: [AMQPQueue]
    public var bindings: [AMQPBinding]

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
