/// What travels with a message beside its body.
public struct AMQPProperties: Sendable, Hashable {
    public var contentType: String?
    public var contentEncoding: String?
    public var headers: AMQPTable
    /// Whether the broker writes the message to disk before it confirms it.
    public var isPersistent: Bool
    public var priority: UInt8?
    public var correlationID: String?
    public var replyTo: String?
    /// How many milliseconds the message may wait in a queue, as the decimal AMQP wants.
    public var expirationMilliseconds: String?
    public var messageID: String?
    /// Seconds since 1970.
    public var timestamp: UInt64?
    public var type: String?
    public var userID: String?
    public var appID: String?

    public init(
        contentType: String? = nil,
        headers: AMQPTable = [:],
        isPersistent: Bool = true,
        messageID: String? = nil
    ) {
        self.contentType = contentType
        self.headers = headers
        self.isPersistent = isPersistent
        self.messageID = messageID
    }
}
