/// One delivered message: a view into its batch, decoded where asked.
public struct AMQPDelivery: Sendable {
    private let entry: AMQPBatch.Entry
    private let bytes: [UInt8]

    init(entry: AMQPBatch.Entry, bytes: [UInt8]) {
        self.entry = entry
        self.bytes = bytes
    }

    /// What to settle the delivery by.
    public var id: AMQPDeliveryID { entry.id }

    /// The body, with no copy; empty when `isOversized`.
    public var body: ArraySlice<UInt8> { bytes[entry.bodyStart..<entry.bodyEnd] }

    /// The size of the body as the broker announced it.
    public var bodyByteCount: UInt64 { entry.bodyByteCount }

    /// Whether the body was larger than the configuration allows and has been skipped.
    public var isOversized: Bool { entry.isOversized }

    /// Whether the broker may have delivered the message before; if not, nobody has seen it.
    public var isRedelivered: Bool { entry.isRedelivered }

    /// The exchange the message was published to.
    public var exchange: String {
        String(decoding: bytes[Int(entry.start)..<entry.routingKeyStart], as: UTF8.self)
    }

    /// The routing key the message was published with.
    public var routingKey: String {
        String(decoding: bytes[entry.routingKeyStart..<entry.propertiesStart], as: UTF8.self)
    }

    /// Whether `properties` holds headers; to ask is much cheaper than to decode.
    public var hasHeaders: Bool { EncodedProperties(encoded.span).hasHeaders }

    /// The content type, without decoding the rest.
    public var contentType: String? {
        let encoded = encoded
        guard let range = EncodedProperties(encoded.span).contentType(encoded.span) else {
            return nil
        }
        let text = encoded.dropFirst(range.lowerBound).prefix(range.count)
        // Almost all say one of these: a constant needs no allocation.
        for constant in Self.usualTypes where text.elementsEqual(constant.utf8) { return constant }
        return String(decoding: text, as: UTF8.self)
    }

    private static let usualTypes = ["application/json", "application/cloudevents+json"]

    /// Decodes the properties.
    ///
    /// Throws a protocol violation when headers are malformed or nested too deep: the message can
    /// never be read, the connection goes on.
    public func properties() throws(AMQPError) -> AMQPProperties {
        try AMQPProperties(encoded: encoded.span)
    }

    private var encoded: ArraySlice<UInt8> { bytes[entry.propertiesStart..<entry.bodyStart] }
}
