extension AMQPConsumer {
    /// How the deliveries of each queue come that is consumed now; none after `drain` or `stop`.
    public var flows: [AMQPFlow] {
        guard let session else { return [] }
        return subscriptions.enumerated()
            .compactMap { index, subscription in
                session.assumeIsolated { $0.flow(of: index, subscription) }
            }
    }

    /// Starts the consumer of a queue again, on another channel.
    ///
    /// The broker delivers again what was not settled. Nothing happens while the queue has no
    /// consumer, since one is being started already.
    public func restart(queue: String) {
        guard let index = subscriptions.firstIndex(where: { $0.queue == queue }) else { return }
        session?.assumeIsolated { $0.restartConsumer(index, because: Self.silence) }
    }

    /// Gives the connection up and makes another one; the broker delivers again what was not
    /// settled.
    public func reconnect() {
        session?.assumeIsolated { $0.fail(Self.silence) }
    }

    private static let silence = AMQPError(
        .timedOut,
        "no messages came though some wait: the consumer is started again",
        isOutcomeUnknown: true
    )
}
