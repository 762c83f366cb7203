/// What a broker may say to a client; anything else ends the connection before it is decoded.
///
/// Deliveries are not here: they take the short way of `MethodDecoder.deliver`.
enum ServerMethod: Equatable {
    // Channel 0.
    case start(mechanisms: String)
    case tune(Tuning)
    case openOk
    case connectionClose(CloseReason)
    case connectionCloseOk
    case blocked(reason: String)
    case unblocked
    // The other channels.
    case channelOpenOk
    case channelFlow(isActive: Bool)
    case channelClose(CloseReason)
    case channelCloseOk
    case exchangeDeclareOk
    case exchangeBindOk
    case queueDeclareOk(messages: UInt32, consumers: UInt32)
    case queueBindOk
    case queuePurgeOk(messages: UInt32)
    case queueDeleteOk(messages: UInt32)
    case qosOk
    case consumeOk
    case cancelOk
    case cancel(consumerTag: String)
    case confirmSelectOk
    case ack(tag: UInt64, isMultiple: Bool)
    case nack(tag: UInt64, isMultiple: Bool)
    case returned(Return)

    /// Why the broker closes a connection or a channel.
    struct CloseReason: Equatable {
        let replyCode: UInt16
        let text: String

        var error: AMQPError {
            AMQPError(CodecStatus.code(ofReply: replyCode), "the broker says: \(text)")
        }
    }

    /// The first frame of a message that comes back.
    struct Return: Equatable {
        let replyCode: UInt16
        let text: String
        let exchange: String
        let routingKey: String
    }

    /// Whether this is the answer to `call`.
    func answers(_ call: ClientMethod) -> Bool {
        switch (call, self) {
        case (.channelOpen, .channelOpenOk), (.channelClose, .channelCloseOk),
            (.exchangeDeclare, .exchangeDeclareOk), (.exchangeBind, .exchangeBindOk),
            (.queueDeclare, .queueDeclareOk), (.queueInspect, .queueDeclareOk),
            (.queueBind, .queueBindOk), (.queuePurge, .queuePurgeOk),
            (.queueDelete, .queueDeleteOk), (.qos, .qosOk), (.consume, .consumeOk),
            (.cancel, .cancelOk), (.confirmSelect, .confirmSelectOk):
            true
        default: false
        }
    }
}

/// The limits both sides of a connection agree on.
struct Tuning: Equatable {
    /// The highest channel number; 0 proposes no limit.
    var channelMax: UInt16
    /// The largest frame with its header and end mark; 0 proposes no limit.
    var frameMax: UInt32
    /// 0 proposes none.
    var heartbeatSeconds: UInt16
}
