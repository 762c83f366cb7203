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
        /// The server has told who we are: ask for tracking to this client, and subscribe.
        case identified(Int)
        /// Tracked keys have changed; nil: perhaps all.
        case changed([ArraySlice<UInt8>]?)
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
    private let isTracking: Bool
    private let pingInterval: Duration
    private let pingTimeout: Duration
    private var unconfirmed = 0
    private var introduction = Introduction.done
    private var askedAt: ContinuousClock.Instant?

    /// What is asked before the subscription of a connection that tracks.
    private enum Introduction {
        /// CLIENT ID was sent.
        case identity
        /// CLIENT TRACKING was sent.
        case tracking
        /// Nothing, or all has been answered.
        case done
    }

    init(
        channelCount: Int,
        isTracking: Bool = false,
        pingInterval: Duration,
        pingTimeout: Duration
    ) {
        self.channelCount = channelCount
        self.isTracking = isTracking
        self.pingInterval = pingInterval
        self.pingTimeout = pingTimeout
    }

    /// The subscriptions have just been written on a new connection.
    mutating func begin(at now: ContinuousClock.Instant) -> Check {
        unconfirmed = channelCount
        introduction = isTracking ? .identity : .done
        askedAt = now
        return .lookAgain(at: now + pingTimeout)
    }

    mutating func receive(_ reply: RedisReply) -> Reaction {
        if let error = reply.error { return .fail(refusal(error)) }
        switch introduction {
        case .identity:
            guard let identity = reply.integer else { break }
            introduction = .tracking
            return .identified(identity)
        case .tracking where reply.kind == .status:
            introduction = .done
            return .none
        case .tracking, .done: break
        }
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
        if let payload = cursor.bytes() {
            return .message(RedisMessage(pattern: pattern, channel: channel, payload: payload))
        }
        guard isTracking else { return .none }
        // Nobody but the server sends something else than text.
        guard cursor.enterArray() != nil else { return .changed(nil) }
        var keys: [ArraySlice<UInt8>] = []
        while let key = cursor.bytes() { keys.append(key) }
        return .changed(keys)
    }

    /// What an error before or instead of the subscription means.
    private func refusal(_ error: RedisError) -> RedisError {
        guard introduction != .done else { return error.with(outcome: .notSent) }
        return RedisError(
            error.code,
            "Redis does not tell of changes: \(error.message); it takes Redis 6, and a user who "
                + "may use CLIENT ID and CLIENT TRACKING",
            outcome: .notSent
        )
    }
}
