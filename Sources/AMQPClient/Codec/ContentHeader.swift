import CRabbitMQ

/// The fixed part of a content header: which class, and how many bytes will follow.
struct ContentHeader: Equatable {
    /// Class, weight, body size and one word of property flags.
    static let fixedByteCount = 14
    /// Where the property list begins: its flags belong to it.
    static let propertiesOffset = 12

    let bodyByteCount: UInt64

    init(_ payload: Span<UInt8>) throws(AMQPError) {
        guard payload.bigEndian16(at: 0) == UInt16(AMQP_BASIC_CLASS) else {
            throw AMQPError(.protocolViolation, "a content header is not of class basic")
        }
        bodyByteCount = payload.bigEndian64(at: 4)
    }
}
