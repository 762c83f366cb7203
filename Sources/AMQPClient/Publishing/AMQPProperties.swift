/// What travels with a message beside its body.
public struct AMQPProperties: Sendable, Hashable {
    /// The media type of the body.
    public var contentType: String?
    /// How the body is compressed, if it is.
    public var contentEncoding: String?
    /// Anything else, by name.
    public var headers: AMQPTable
    /// Whether the broker writes the message to disk before it confirms it.
    public var isPersistent: Bool
    /// From 0 to 9, where the queue knows priorities.
    public var priority: UInt8?
    /// What the message answers or belongs to.
    public var correlationID: String?
    /// Where an answer should go.
    public var replyTo: String?
    /// How many milliseconds the message may wait in a queue, as the decimal AMQP wants.
    public var expirationMilliseconds: String?
    /// The name of the message, chosen by its sender.
    public var messageID: String?
    /// Seconds since 1970.
    public var timestamp: UInt64?
    /// What kind of message it is, for its readers.
    public var type: String?
    /// Checked by the broker against the user of the connection.
    public var userID: String?
    /// Which program sent it.
    public var appID: String?

    /// The properties most messages need.
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
