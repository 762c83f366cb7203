import CRabbitMQ

/// Builds frames with rabbitmq-c's encoder, one after the other in one buffer.
struct FrameWriter {
    /// The room for one method or property list; a larger one is refused.
    private static let scratchByteCount = 32 << 10
    /// A larger buffer is given back once it is empty.
    private static let keptByteCount = 256 << 10
    private static let replySuccess: UInt16 = UInt16(AMQP_REPLY_SUCCESS)

    /// Frames that nobody has taken yet.
    private(set) var bytes: [UInt8] = []
    /// The largest frame the broker takes; until the tuning the least every peer must take.
    var frameMax = 4_096
    private let memory: CodecMemory
    private var scratch = [UInt8](repeating: 0, count: Self.scratchByteCount)

    init(memory: CodecMemory) { self.memory = memory }

    /// Forgets the frames, after they have been handed to the transport.
    mutating func removeAll() {
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptByteCount)
    }

    mutating func protocolHeader() {
        bytes.append(contentsOf: [0x41, 0x4D, 0x51, 0x50, 0, 0, 9, 1])
    }

    mutating func heartbeat() {
        frame(.heartbeat, 0, [UInt8]().span)
    }

    /// A publish with its content; all of it or, when something in it cannot be sent, nothing.
    mutating func message(_ message: AMQPMessage, on channel: UInt16) throws(AMQPError) {
        let start = bytes.count
        do throws(AMQPError) {
            let publish = ClientMethod.publish(
                exchange: message.exchange,
                routingKey: message.routingKey,
                isMandatory: message.isMandatory
            )
            try method(publish, on: channel)
            try content(message.properties, message.body, on: channel)
        } catch {
            bytes.removeSubrange(start...)
            throw error
        }
    }

    /// A content header and as many body frames as the body needs.
    private mutating func content(
        _ properties: AMQPProperties,
        _ body: ArraySlice<UInt8>,
        on channel: UInt16
    ) throws(AMQPError) {
        memory.recycle()
        var list = try unsafe properties.encodable(in: memory)
        let capacity = scratch.count
        let result = unsafe scratch.withUnsafeMutableBytes { raw in
            let room = unsafe amqp_bytes_t(len: capacity, bytes: raw.baseAddress)
            return unsafe amqp_encode_properties(UInt16(AMQP_BASIC_CLASS), &list, room)
        }
        let count = try CodecStatus.check(result, "the properties of a message")
        let payloadCount = count + 12
        guard payloadCount <= frameMax - FrameSplitter.overhead else { throw tooLarge(count) }
        begin(.header, channel, payloadCount)
        bytes.appendBigEndian(UInt16(AMQP_BASIC_CLASS))
        bytes.appendBigEndian(UInt16(0))
        bytes.appendBigEndian(UInt64(body.count))
        bytes.append(contentsOf: scratch[..<count])
        bytes.append(FrameSplitter.endMark)
        var rest = body
        while !rest.isEmpty {
            let part = rest.prefix(frameMax - FrameSplitter.overhead)
            begin(.body, channel, part.count)
            bytes.append(contentsOf: part)
            bytes.append(FrameSplitter.endMark)
            rest = rest.dropFirst(part.count)
        }
    }

    // MARK: Methods

    mutating func method(_ method: ClientMethod, on channel: UInt16) throws(AMQPError) {
        memory.recycle()
        switch method {
        case .startOk, .tuneOk, .open, .connectionClose, .connectionCloseOk:
            try connection(method)
        case .channelOpen, .channelFlowOk, .channelClose, .channelCloseOk:
            try channelMethod(method, channel)
        case .exchangeDeclare, .exchangeBind, .queueDeclare, .queueInspect, .queueBind,
            .queuePurge, .queueDelete:
            try declaration(method, channel)
        case .qos, .consume, .cancel, .ack, .nack, .confirmSelect, .publish:
            try basic(method, channel)
        }
    }

    private mutating func connection(_ method: ClientMethod) throws(AMQPError) {
        switch method {
        case .startOk(let properties, let response):
            var ok = unsafe amqp_connection_start_ok_t()
            unsafe ok.client_properties = try memory.table(properties)
            unsafe ok.mechanism = try memory.copy("PLAIN")
            unsafe ok.response = try memory.copy(response.span)
            unsafe ok.locale = try memory.copy("en_US")
            try unsafe encode(AMQP_CONNECTION_START_OK_METHOD, &ok, 0)
        case .tuneOk(let tuning):
            var ok = amqp_connection_tune_ok_t(
                channel_max: tuning.channelMax,
                frame_max: tuning.frameMax,
                heartbeat: tuning.heartbeatSeconds
            )
            try unsafe encode(AMQP_CONNECTION_TUNE_OK_METHOD, &ok, 0)
        case .open(let virtualHost):
            var open = unsafe amqp_connection_open_t()
            unsafe open.virtual_host = try memory.shortString(virtualHost)
            try unsafe encode(AMQP_CONNECTION_OPEN_METHOD, &open, 0)
        case .connectionClose(let text):
            var close = unsafe amqp_connection_close_t()
            unsafe close.reply_code = Self.replySuccess
            unsafe close.reply_text = try memory.shortString(text)
            try unsafe encode(AMQP_CONNECTION_CLOSE_METHOD, &close, 0)
        default:
            var ok = amqp_connection_close_ok_t()
            try unsafe encode(AMQP_CONNECTION_CLOSE_OK_METHOD, &ok, 0)
        }
    }

    private mutating func channelMethod(
        _ method: ClientMethod,
        _ channel: UInt16
    ) throws(AMQPError) {
        switch method {
        case .channelOpen:
            var open = unsafe amqp_channel_open_t()
            try unsafe encode(AMQP_CHANNEL_OPEN_METHOD, &open, channel)
        case .channelFlowOk(let isActive):
            var ok = amqp_channel_flow_ok_t(active: isActive ? 1 : 0)
            try unsafe encode(AMQP_CHANNEL_FLOW_OK_METHOD, &ok, channel)
        case .channelClose(let text):
            var close = unsafe amqp_channel_close_t()
            unsafe close.reply_code = Self.replySuccess
            unsafe close.reply_text = try memory.shortString(text)
            try unsafe encode(AMQP_CHANNEL_CLOSE_METHOD, &close, channel)
        default:
            var ok = amqp_channel_close_ok_t()
            try unsafe encode(AMQP_CHANNEL_CLOSE_OK_METHOD, &ok, channel)
        }
    }

    private mutating func declaration(
        _ method: ClientMethod,
        _ channel: UInt16
    ) throws(AMQPError) {
        switch method {
        case .exchangeDeclare(let exchange):
            var declare = try unsafe exchange.encodable(in: memory)
            try unsafe encode(AMQP_EXCHANGE_DECLARE_METHOD, &declare, channel)
        case .exchangeBind(let binding):
            var bind = try unsafe binding.encodableForExchange(in: memory)
            try unsafe encode(AMQP_EXCHANGE_BIND_METHOD, &bind, channel)
        case .queueDeclare(let queue):
            var declare = try unsafe queue.encodable(in: memory)
            try unsafe encode(AMQP_QUEUE_DECLARE_METHOD, &declare, channel)
        case .queueInspect(let name):
            var declare = unsafe amqp_queue_declare_t()
            unsafe declare.queue = try memory.shortString(name)
            unsafe declare.passive = 1
            try unsafe encode(AMQP_QUEUE_DECLARE_METHOD, &declare, channel)
        case .queueBind(let binding):
            var bind = try unsafe binding.encodableForQueue(in: memory)
            try unsafe encode(AMQP_QUEUE_BIND_METHOD, &bind, channel)
        case .queuePurge(let name):
            var purge = unsafe amqp_queue_purge_t()
            unsafe purge.queue = try memory.shortString(name)
            try unsafe encode(AMQP_QUEUE_PURGE_METHOD, &purge, channel)
        case .queueDelete(let name):
            var delete = unsafe amqp_queue_delete_t()
            unsafe delete.queue = try memory.shortString(name)
            try unsafe encode(AMQP_QUEUE_DELETE_METHOD, &delete, channel)
        default: break
        }
    }

    private mutating func basic(_ method: ClientMethod, _ channel: UInt16) throws(AMQPError) {
        switch method {
        case .ack(let tag, let isMultiple):
            var ack = amqp_basic_ack_t(delivery_tag: tag, multiple: isMultiple ? 1 : 0)
            try unsafe encode(AMQP_BASIC_ACK_METHOD, &ack, channel)
        case .nack(let tag, let isRequeued):
            var nack = amqp_basic_nack_t(
                delivery_tag: tag,
                multiple: 0,
                requeue: isRequeued ? 1 : 0
            )
            try unsafe encode(AMQP_BASIC_NACK_METHOD, &nack, channel)
        case .publish(let exchange, let routingKey, let isMandatory):
            var publish = unsafe amqp_basic_publish_t()
            unsafe publish.exchange = try memory.shortString(exchange)
            unsafe publish.routing_key = try memory.shortString(routingKey)
            unsafe publish.mandatory = isMandatory ? 1 : 0
            try unsafe encode(AMQP_BASIC_PUBLISH_METHOD, &publish, channel)
        case .qos(let prefetch):
            var qos = amqp_basic_qos_t(prefetch_size: 0, prefetch_count: prefetch, global: 0)
            try unsafe encode(AMQP_BASIC_QOS_METHOD, &qos, channel)
        case .consume(let consume):
            var call = unsafe amqp_basic_consume_t()
            unsafe call.queue = try memory.shortString(consume.queue)
            unsafe call.consumer_tag = try memory.shortString(consume.consumerTag)
            unsafe call.exclusive = consume.isExclusive ? 1 : 0
            unsafe call.arguments = try memory.table(consume.arguments)
            try unsafe encode(AMQP_BASIC_CONSUME_METHOD, &call, channel)
        case .cancel(let consumerTag):
            var cancel = unsafe amqp_basic_cancel_t()
            unsafe cancel.consumer_tag = try memory.shortString(consumerTag)
            try unsafe encode(AMQP_BASIC_CANCEL_METHOD, &cancel, channel)
        default:
            var select = amqp_confirm_select_t(nowait: 0)
            try unsafe encode(AMQP_CONFIRM_SELECT_METHOD, &select, channel)
        }
    }

    // MARK: The library

    private mutating func encode(
        _ id: UInt32,
        _ method: UnsafeMutableRawPointer,
        _ channel: UInt16
    ) throws(AMQPError) {
        let capacity = scratch.count
        let result = unsafe scratch.withUnsafeMutableBytes { raw in
            let room = unsafe amqp_bytes_t(len: capacity, bytes: raw.baseAddress)
            return unsafe amqp_encode_method(id, method, room)
        }
        let count = try CodecStatus.check(result, "a method of this client")
        guard count + 4 <= frameMax - FrameSplitter.overhead else { throw tooLarge(count) }
        begin(.method, channel, count + 4)
        bytes.appendBigEndian(id)
        bytes.append(contentsOf: scratch[..<count])
        bytes.append(FrameSplitter.endMark)
    }

    private mutating func begin(_ kind: FrameKind, _ channel: UInt16, _ payloadCount: Int) {
        bytes.append(kind.rawValue)
        bytes.appendBigEndian(channel)
        bytes.appendBigEndian(UInt32(payloadCount))
    }

    private mutating func frame(_ kind: FrameKind, _ channel: UInt16, _ payload: Span<UInt8>) {
        begin(kind, channel, payload.count)
        unsafe payload.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
        bytes.append(FrameSplitter.endMark)
    }

    private func tooLarge(_ count: Int) -> AMQPError {
        AMQPError(
            .configuration,
            "headers or arguments of \(count) bytes do not fit into a frame of \(frameMax) bytes"
        )
    }
}
