/// A subscribed link as a pure machine: replies and time in, decisions out.
///
/// A half-open link accepts every write, so only an answer proves life: a silent link is asked with
/// PING, and given up when nothing at all arrives within the deadline.
struct SubscriptionState {
    enum Reaction {
        case none
        /// The last channel was confirmed.
        case subscribed
        case message(RedisMessage)
        case fail(RedisError)
    }

    enum Check: Equatable {
        /// Look again at this time.
        case lookAgain(at: ContinuousClock.Instant)
        /// Send a PING, and look again then.
        case ping(lookAgainAt: ContinuousClock.Instant)
        case dead
    }

    private let channelCount: Int
    private let pingInterval: Duration
    private let pingTimeout: Duration
    private var unconfirmed = 0
    private var askedAt: ContinuousClock.Instant?

    init(channelCount: Int, pingInterval: Duration, pingTimeout: Duration) {
        self.channelCount = channelCount
        self.pingInterval = pingInterval
        self.pingTimeout = pingTimeout
    }

    /// The subscriptions have just been written on a new connection.
    mutating func begin(at now: ContinuousClock.Instant) -> Check {
        unconfirmed = channelCount
        askedAt = now
        return .lookAgain(at: now + pingTimeout)
    }

    mutating func receive(_ reply: RedisReply) -> Reaction {
        if let error = reply.error { return .fail(error.with(outcome: .notSent)) }
        var cursor = reply.cursor
        guard cursor.enterArray() != nil, let word = cursor.bytes() else {
            return .fail(.protocolViolation("a subscriber was sent something that is no message"))
        }
        if word.elementsEqual("message".utf8) {
            return message(pattern: nil, &cursor)
        } else if word.elementsEqual("pmessage".utf8) {
            return message(pattern: cursor.bytes(), &cursor)
        } else if word.elementsEqual("subscribe".utf8) || word.elementsEqual("psubscribe".utf8) {
            unconfirmed -= 1
            return unconfirmed == 0 ? .subscribed : .none
        }
        return .none
    }

    /// Time has come to a `lookAgain`; `lastReceived` is when bytes last arrived.
    mutating func check(
        lastReceived: ContinuousClock.Instant,
        at now: ContinuousClock.Instant
    ) -> Check {
        if let asked = askedAt {
            if lastReceived < asked || unconfirmed > 0 {
                let deadline = asked + pingTimeout
                return now >= deadline ? .dead : .lookAgain(at: deadline)
            }
            askedAt = nil
        }
        let due = lastReceived + pingInterval
        guard now >= due else { return .lookAgain(at: due) }
        askedAt = now
        return .ping(lookAgainAt: now + pingTimeout)
    }

    private func message(
        pattern: ArraySlice<UInt8>?,
        _ cursor: inout ReplyCursor
    ) -> Reaction {
        guard let channel = cursor.bytes() else {
            return .fail(.protocolViolation("a message has no channel"))
        }
        // The payload of a flush notification is null, that of a key list an array: not ours yet.
        guard let payload = cursor.bytes() else { return .none }
        return .message(RedisMessage(pattern: pattern, channel: channel, payload: payload))
    }
}
