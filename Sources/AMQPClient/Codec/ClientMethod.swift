/// What this client may say to a broker.
enum ClientMethod: Equatable {
    case startOk(properties: AMQPTable, response: [UInt8])
    case tuneOk(Tuning)
    case open(virtualHost: String)
    case connectionClose(text: String)
    case connectionCloseOk
    case channelOpen
    case channelFlowOk(isActive: Bool)
    case channelClose(text: String)
    case channelCloseOk
    case exchangeDeclare(AMQPExchange)
    case exchangeBind(AMQPBinding)
    case queueDeclare(AMQPQueue)
    /// Asks for a queue without creating it.
    case queueInspect(name: String)
    case queueBind(AMQPBinding)
    case queuePurge(name: String)
    case queueDelete(name: String)
    /// The prefetch of each consumer the channel starts after; never that of the whole channel.
    case qos(prefetch: UInt16)
    case consume(Consume)
    case cancel(consumerTag: String)
    case ack(tag: UInt64, isMultiple: Bool)
    case nack(tag: UInt64, isRequeued: Bool)
    case confirmSelect
    case publish(exchange: String, routingKey: String, isMandatory: Bool)

    struct Consume: Equatable {
        let queue: String
        let consumerTag: String
        let isExclusive: Bool
        let arguments: AMQPTable
    }
}
