import EventLoop

extension AMQPSession {
    /// How a consumer is doing; nil while there is none.
    func flow(of index: Int, _ subscription: AMQPSubscription) -> AMQPFlow? {
        guard failure == nil, !isDrained, let channel = consumers[index], channel.phase == .open,
            let consumption = channel.consumption
        else { return nil }
        let unsettled = consumption.window.unsettledCount
        return AMQPFlow(
            queue: subscription.queue,
            generation: consumption.generation,
            deliveredCount: consumption.window.deliveredCount,
            unsettledCount: unsettled,
            hasCredit: unsettled < subscription.prefetch && !transport.isReadingPaused
        )
    }

    /// Gives up the channel of a consumer, for another one to be started.
    func restartConsumer(_ index: Int, because error: AMQPError) {
        guard let channel = consumers[index] else { return }
        lostConsumer(index, channel, error)
        close(channel)
    }
}
