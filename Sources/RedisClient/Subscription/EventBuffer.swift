/// Events on their way to a subscriber that is slower than the channel, within bounds.
struct EventBuffer {
    private let maxMessages: Int
    private let maxBytes: Int
    private var events = FIFO<RedisSubscriptionEvent>()
    private var messages = 0
    private var bytes = 0

    init(maxMessages: Int, maxBytes: Int) {
        self.maxMessages = maxMessages
        self.maxBytes = maxBytes
    }

    var isEmpty: Bool { events.isEmpty }

    /// Whether one more message would be too many.
    var isFull: Bool { messages >= maxMessages || bytes >= maxBytes }

    mutating func append(_ event: RedisSubscriptionEvent) {
        if let size = event.bufferedBytes {
            messages += 1
            bytes += size
        }
        events.append(event)
    }

    mutating func popFirst() -> RedisSubscriptionEvent? {
        guard let event = events.popFirst() else { return nil }
        if let size = event.bufferedBytes {
            messages -= 1
            bytes -= size
        }
        return event
    }
}

extension RedisSubscriptionEvent {
    /// What it adds to a buffer; nil for what comes once a connection.
    fileprivate var bufferedBytes: Int? {
        switch self {
        case .message(let message): message.payload.count
        case .changed(let keys): keys?.reduce(0) { $0 + $1.count } ?? 0
        case .connected, .disconnected: nil
        }
    }
}
