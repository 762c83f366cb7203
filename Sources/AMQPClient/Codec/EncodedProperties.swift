import CRabbitMQ

/// A property list as it came: what can be said of it without decoding it.
struct EncodedProperties {
    /// The first two bytes: which properties follow, in a fixed order.
    private let flags: UInt16

    /// Needs at least the two bytes of flags.
    init(_ bytes: Span<UInt8>) {
        flags = bytes.bigEndian16(at: 0)
    }

    var hasHeaders: Bool { flags & UInt16(AMQP_BASIC_HEADERS_FLAG) != 0 }

    /// Where the content type lies, the first property of the list where it is there.
    func contentType(_ bytes: Span<UInt8>) -> Range<Int>? {
        guard flags & UInt16(AMQP_BASIC_CONTENT_TYPE_FLAG) != 0, bytes.count > 2 else { return nil }
        let end = 3 + Int(bytes[2])
        guard end <= bytes.count else { return nil }
        return 3..<end
    }

    /// Refuses what the library's decoder does not survive: a second word of flags, which no
    /// property of class basic needs, and headers nested too deep.
    func check(_ bytes: Span<UInt8>) throws(AMQPError) {
        guard flags & 1 == 0 else {
            throw AMQPError(.protocolViolation, "a message has property flags nobody defined")
        }
        guard hasHeaders else { return }
        var position = 2
        for flag in [AMQP_BASIC_CONTENT_TYPE_FLAG, AMQP_BASIC_CONTENT_ENCODING_FLAG]
        where flags & UInt16(flag) != 0 {
            guard position < bytes.count else { break }
            position += 1 + Int(bytes[position])
        }
        guard position < bytes.count else {
            throw AMQPError(.protocolViolation, "the properties of a message end too early")
        }
        try TableScanner.check(bytes, at: position)
    }
}
