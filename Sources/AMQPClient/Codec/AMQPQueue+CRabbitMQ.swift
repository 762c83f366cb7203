import CRabbitMQ

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
