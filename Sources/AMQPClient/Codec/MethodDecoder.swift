import CRabbitMQ

/// Turns method frames into values, with rabbitmq-c's decoder.
struct MethodDecoder {
    private let memory: CodecMemory

    init(memory: CodecMemory) { self.memory = memory }

    /// Decodes any method a broker may send, but for deliveries.
    func decode(_ payload: Span<UInt8>) throws(AMQPError) -> ServerMethod {
        let id = payload.bigEndian32(at: 0)
        switch id >> 16 {
        case 10: return try connection(id, payload)
        case 20: return try channel(id, payload)
        case 40, 50: return try declaration(id, payload)
        case 60, 85: return try basic(id, payload)
        default: throw unexpected(id)
        }
    }

    private func connection(
        _ id: UInt32,
        _ payload: Span<UInt8>
    ) throws(AMQPError) -> ServerMethod {
        switch id {
        case AMQP_CONNECTION_START_METHOD:
            // Two bytes of version, then the only table a broker ever sends in a method.
            try TableScanner.check(payload, at: 6)
            let start = try unsafe read(amqp_connection_start_t.self, id, payload)
            return unsafe .start(mechanisms: start.mechanisms.text)
        case AMQP_CONNECTION_TUNE_METHOD:
            let tune = try read(amqp_connection_tune_t.self, id, payload)
            return .tune(
                Tuning(
                    channelMax: tune.channel_max,
                    frameMax: tune.frame_max,
                    heartbeatSeconds: tune.heartbeat
                )
            )
        case AMQP_CONNECTION_OPEN_OK_METHOD: return .openOk
        case AMQP_CONNECTION_CLOSE_METHOD:
            let close = try unsafe read(amqp_connection_close_t.self, id, payload)
            return unsafe .connectionClose(reason(close.reply_code, close.reply_text))
        case AMQP_CONNECTION_CLOSE_OK_METHOD: return .connectionCloseOk
        case AMQP_CONNECTION_BLOCKED_METHOD:
            let blocked = try unsafe read(amqp_connection_blocked_t.self, id, payload)
            return unsafe .blocked(reason: blocked.reason.text)
        case AMQP_CONNECTION_UNBLOCKED_METHOD: return .unblocked
        default: throw unexpected(id)
        }
    }

    private func channel(_ id: UInt32, _ payload: Span<UInt8>) throws(AMQPError) -> ServerMethod {
        switch id {
        case AMQP_CHANNEL_OPEN_OK_METHOD: return .channelOpenOk
        case AMQP_CHANNEL_FLOW_METHOD:
            let flow = try read(amqp_channel_flow_t.self, id, payload)
            return .channelFlow(isActive: flow.active != 0)
        case AMQP_CHANNEL_CLOSE_METHOD:
            let close = try unsafe read(amqp_channel_close_t.self, id, payload)
            return unsafe .channelClose(reason(close.reply_code, close.reply_text))
        case AMQP_CHANNEL_CLOSE_OK_METHOD: return .channelCloseOk
        default: throw unexpected(id)
        }
    }

    private func declaration(
        _ id: UInt32,
        _ payload: Span<UInt8>
    ) throws(AMQPError) -> ServerMethod {
        switch id {
        case AMQP_EXCHANGE_DECLARE_OK_METHOD: return .exchangeDeclareOk
        case AMQP_EXCHANGE_BIND_OK_METHOD: return .exchangeBindOk
        case AMQP_QUEUE_DECLARE_OK_METHOD:
            let ok = try unsafe read(amqp_queue_declare_ok_t.self, id, payload)
            return unsafe .queueDeclareOk(messages: ok.message_count, consumers: ok.consumer_count)
        case AMQP_QUEUE_BIND_OK_METHOD: return .queueBindOk
        case AMQP_QUEUE_PURGE_OK_METHOD:
            let ok = try read(amqp_queue_purge_ok_t.self, id, payload)
            return .queuePurgeOk(messages: ok.message_count)
        case AMQP_QUEUE_DELETE_OK_METHOD:
            let ok = try read(amqp_queue_delete_ok_t.self, id, payload)
            return .queueDeleteOk(messages: ok.message_count)
        default: throw unexpected(id)
        }
    }

    private func basic(_ id: UInt32, _ payload: Span<UInt8>) throws(AMQPError) -> ServerMethod {
        switch id {
        case AMQP_BASIC_ACK_METHOD:
            let ack = try read(amqp_basic_ack_t.self, id, payload)
            return .ack(tag: ack.delivery_tag, isMultiple: ack.multiple != 0)
        case AMQP_BASIC_NACK_METHOD:
            let nack = try read(amqp_basic_nack_t.self, id, payload)
            return .nack(tag: nack.delivery_tag, isMultiple: nack.multiple != 0)
        case AMQP_BASIC_RETURN_METHOD:
            let back = try unsafe read(amqp_basic_return_t.self, id, payload)
            return unsafe .returned(
                ServerMethod.Return(
                    replyCode: back.reply_code,
                    text: back.reply_text.text,
                    exchange: back.exchange.text,
                    routingKey: back.routing_key.text
                )
            )
        case AMQP_BASIC_CANCEL_METHOD:
            let cancel = try unsafe read(amqp_basic_cancel_t.self, id, payload)
            return unsafe .cancel(consumerTag: cancel.consumer_tag.text)
        case AMQP_BASIC_QOS_OK_METHOD: return .qosOk
        case AMQP_BASIC_CONSUME_OK_METHOD: return .consumeOk
        case AMQP_BASIC_CANCEL_OK_METHOD: return .cancelOk
        case AMQP_CONFIRM_SELECT_OK_METHOD: return .confirmSelectOk
        default: throw unexpected(id)
        }
    }

    // MARK: Deliveries

    /// Whether the frame announces a delivery.
    static func isDelivery(_ payload: Span<UInt8>) -> Bool {
        payload.bigEndian32(at: 0) == AMQP_BASIC_DELIVER_METHOD
    }

    /// Begins a delivery in `content`, with no object and no string on the way.
    func deliver(
        _ payload: Span<UInt8>,
        into content: inout IncomingContent
    ) throws(AMQPError) {
        let id = payload.bigEndian32(at: 0)
        let deliver = try unsafe read(amqp_basic_deliver_t.self, id, payload)
        unsafe content.begin(
            tag: deliver.delivery_tag,
            isRedelivered: deliver.redelivered != 0,
            exchange: deliver.exchange.buffer,
            routingKey: deliver.routing_key.buffer
        )
    }

    // MARK: The library

    /// The structure points into `payload` and `memory`: copy it before either goes.
    private func read<T>(
        _ type: T.Type,
        _ id: UInt32,
        _ payload: Span<UInt8>
    ) throws(AMQPError) -> T {
        memory.recycle()
        var decoded: UnsafeMutableRawPointer?
        let result = unsafe payload.withUnsafeBytes { raw in
            let arguments = unsafe UnsafeMutableRawBufferPointer(mutating: raw)
            let encoded = unsafe amqp_bytes_t(
                len: arguments.count - 4,
                bytes: arguments.baseAddress.map { unsafe $0 + 4 }
            )
            return unsafe amqp_decode_method(id, memory.pool, encoded, &decoded)
        }
        try CodecStatus.check(result, "a method of the broker")
        guard let decoded = unsafe decoded else {
            throw AMQPError(.protocolViolation, "a method of the broker is empty")
        }
        return unsafe decoded.load(as: type)
    }

    private func reason(_ code: UInt16, _ text: amqp_bytes_t) -> ServerMethod.CloseReason {
        unsafe ServerMethod.CloseReason(replyCode: code, text: text.text)
    }

    private func unexpected(_ id: UInt32) -> AMQPError {
        AMQPError(
            .protocolViolation,
            "the broker sent method \(id >> 16).\(id & 0xFFFF), which no client understands"
        )
    }
}
