import CRabbitMQ

extension AMQPExchange {
    func encodable(in memory: CodecMemory) throws(AMQPError) -> amqp_exchange_declare_t {
        var declare = unsafe amqp_exchange_declare_t()
        unsafe declare.exchange = try memory.shortString(name)
        unsafe declare.type = try memory.shortString(kind.rawValue)
        unsafe declare.durable = isDurable ? 1 : 0
        unsafe declare.arguments = try memory.table(arguments)
        return unsafe declare
    }
}

extension AMQPQueue {
    func encodable(in memory: CodecMemory) throws(AMQPError) -> amqp_queue_declare_t {
        var declare = unsafe amqp_queue_declare_t()
        unsafe declare.queue = try memory.shortString(name)
        unsafe declare.durable = isDurable ? 1 : 0
        unsafe declare.exclusive = isExclusive ? 1 : 0
        unsafe declare.auto_delete = isAutoDeleted ? 1 : 0
        unsafe declare.arguments = try memory.table(arguments)
        return unsafe declare
    }
}

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
