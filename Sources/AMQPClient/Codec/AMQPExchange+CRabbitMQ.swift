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
