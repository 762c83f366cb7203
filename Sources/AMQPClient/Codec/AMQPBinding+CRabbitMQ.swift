import CRabbitMQ

extension AMQPBinding {
    private var destinationName: String {
        switch destination {
        case .queue(let name), .exchange(let name): name
        }
    }

    func encodableForQueue(in memory: CodecMemory) throws(AMQPError) -> amqp_queue_bind_t {
        var bind = unsafe amqp_queue_bind_t()
        unsafe bind.queue = try memory.shortString(destinationName)
        unsafe bind.exchange = try memory.shortString(exchange)
        unsafe bind.routing_key = try memory.shortString(routingKey)
        unsafe bind.arguments = try memory.table(arguments)
        return unsafe bind
    }

    func encodableForExchange(in memory: CodecMemory) throws(AMQPError) -> amqp_exchange_bind_t {
        var bind = unsafe amqp_exchange_bind_t()
        unsafe bind.destination = try memory.shortString(destinationName)
        unsafe bind.source = try memory.shortString(exchange)
        unsafe bind.routing_key = try memory.shortString(routingKey)
        unsafe bind.arguments = try memory.table(arguments)
        return unsafe bind
    }
}
