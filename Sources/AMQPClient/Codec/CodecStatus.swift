import CRabbitMQ

/// The one place where numbers of rabbitmq-c and of the protocol become errors.
enum CodecStatus {
    /// Throws unless the library's result is a success; returns the result otherwise.
    @discardableResult
    static func check(_ result: Int32, _ what: StaticString) throws(AMQPError) -> Int {
        guard result < 0 else { return Int(result) }
        throw AMQPError(code(of: result), "\(what): \(sentence(of: result))")
    }

    private static func code(of result: Int32) -> AMQPError.Code {
        switch amqp_status_enum(result) {
        case AMQP_STATUS_NO_MEMORY: .brokerFailure
        case AMQP_STATUS_TABLE_TOO_BIG, AMQP_STATUS_INVALID_PARAMETER: .configuration
        default: .protocolViolation
        }
    }

    private static func sentence(of result: Int32) -> String {
        switch amqp_status_enum(result) {
        case AMQP_STATUS_NO_MEMORY: "the codec got no memory"
        case AMQP_STATUS_BAD_AMQP_DATA: "the bytes are not AMQP 0-9-1"
        case AMQP_STATUS_UNKNOWN_CLASS: "the class is unknown"
        case AMQP_STATUS_UNKNOWN_METHOD: "the method is unknown"
        case AMQP_STATUS_TABLE_TOO_BIG: "the table is larger than a frame"
        case AMQP_STATUS_INVALID_PARAMETER: "a parameter is out of range"
        default: "the codec answered \(result)"
        }
    }

    /// What the broker means by the reply code of a close or a return.
    static func code(ofReply reply: UInt16) -> AMQPError.Code {
        switch Int32(reply) {
        case AMQP_CONTENT_TOO_LARGE: .contentTooLarge
        case AMQP_NO_ROUTE, AMQP_NO_CONSUMERS: .unroutable
        case AMQP_CONNECTION_FORCED: .connectionForced
        case AMQP_INVALID_PATH, AMQP_NOT_ALLOWED: .notAllowed
        case AMQP_ACCESS_REFUSED: .accessRefused
        case AMQP_NOT_FOUND: .notFound
        case AMQP_RESOURCE_LOCKED: .resourceLocked
        case AMQP_PRECONDITION_FAILED: .preconditionFailed
        case AMQP_FRAME_ERROR, AMQP_SYNTAX_ERROR, AMQP_COMMAND_INVALID, AMQP_CHANNEL_ERROR,
            AMQP_UNEXPECTED_FRAME:
            .protocolViolation
        case AMQP_RESOURCE_ERROR, AMQP_INTERNAL_ERROR: .brokerFailure
        case AMQP_NOT_IMPLEMENTED: .notImplemented
        default: .other(reply)
        }
    }
}
