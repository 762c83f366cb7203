import EventLoop

extension AMQPSession {
    /// A task that waits for deliveries.
    struct BatchWaiter {
        let id: UInt64
        let continuation: CheckedContinuation<AMQPBatch?, Never>
    }

    /// Starts a consumer on a channel of its own.
    ///
    /// One queue, one channel: "acknowledge all up to" never touches another queue, and what makes
    /// the broker close a channel stops one queue only.
    func consume(
        _ subscription: AMQPSubscription,
        at index: Int,
        generation: UInt32
    ) async throws(AMQPError) {
        let channel = try await openChannel()
        do throws(AMQPError) {
            _ = try await call(.qos(prefetch: subscription.prefetch), on: channel)
            let tag = "cacheworker-\(index)-\(generation)"
            // Deliveries may come in the same chunk as the answer.
            channel.consumption = Channel.Consumption(
                subscription: UInt16(index),
                generation: generation,
                consumerTag: tag
            )
            consumers[index] = channel
            let consume = ClientMethod.Consume(
                queue: subscription.queue,
                consumerTag: tag,
                isExclusive: subscription.isExclusive,
                arguments: subscription.arguments
            )
            _ = try await call(.consume(consume), on: channel)
            // Too late to be of use: what it was sent goes back with its channel.
            if isDrained { close(channel) }
        } catch {
            if consumers[index] === channel { consumers[index] = nil }
            channel.consumption = nil
            close(channel)
            throw error
        }
    }

    func isConsuming(_ subscription: Int) -> Bool { consumers[subscription] != nil }

    func delivered(_ channel: Channel, _ end: Span<UInt8>) throws(AMQPError) {
        guard let consumption = channel.consumption, channel.phase == .open else { return }
        try channel.consumption?.window.delivered(channel.content.tag)
        let id = AMQPDeliveryID(
            subscription: consumption.subscription,
            generation: consumption.generation,
            tag: channel.content.tag
        )
        deliveries.append(channel.content, end: end, id: id)
    }

    /// Called after every chunk: whoever waits gets all that came in it.
    func handOverDeliveries() {
        if isGivingBack { giveBack() }
        while !batchWaiters.isEmpty, let batch = deliveries.take() {
            batchWaiters.removeFirst().continuation.resume(returning: batch)
        }
        if deliveries.byteCount > configuration.maxBufferedBytes {
            transport.isReadingPaused = true
        }
    }

    /// Waits for at least one delivery and returns all that have arrived, up to the largest batch.
    ///
    /// Nil when none will come: the session is over, it is drained, or the task was cancelled.
    func nextBatch() async -> AMQPBatch? {
        if let batch = takeBatch() { return batch }
        lastBatchWaiter += 1
        let id = lastBatchWaiter
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let batch = takeBatch()
                if batch != nil || failure != nil || isDrained || Task.isCancelled {
                    return continuation.resume(returning: batch)
                }
                batchWaiters.append(BatchWaiter(id: id, continuation: continuation))
            }
        } onCancel: {
            loop.execute { [self] in assumeIsolated { $0.cancelBatchWaiter(id) } }
        }
    }

    private func takeBatch() -> AMQPBatch? {
        let batch = deliveries.take()
        if transport.isReadingPaused, deliveries.byteCount < configuration.maxBufferedBytes / 2 {
            transport.isReadingPaused = false
        }
        return batch
    }

    private func cancelBatchWaiter(_ id: UInt64) {
        guard let index = batchWaiters.firstIndex(where: { $0.id == id }) else { return }
        batchWaiters.remove(at: index).continuation.resume(returning: nil)
    }

    // MARK: Settling

    /// Acknowledges deliveries, with as few frames as possible.
    func acknowledge(_ ids: some Sequence<AMQPDeliveryID>) -> AMQPSettlement {
        var settlement = AMQPSettlement()
        var touched: [Channel] = []
        for id in ids {
            guard let channel = channel(of: id),
                channel.consumption?.window.acknowledge(id.tag) == true
            else {
                settlement.staleCount += 1
                continue
            }
            settlement.sentCount += 1
            if !touched.contains(where: { $0 === channel }) { touched.append(channel) }
        }
        for channel in touched {
            for ack in channel.consumption?.window.takeAcks() ?? [] {
                sendOrFail(.ack(tag: ack.tag, isMultiple: ack.isMultiple), on: channel.number)
            }
            lastSettlement = .now
        }
        return settlement
    }

    /// Hands deliveries back: to the queue, or to its dead-letter exchange.
    func reject(_ ids: some Sequence<AMQPDeliveryID>, isRequeued: Bool) -> AMQPSettlement {
        var settlement = AMQPSettlement()
        for id in ids {
            guard let channel = channel(of: id), channel.consumption?.window.settle(id.tag) == true
            else {
                settlement.staleCount += 1
                continue
            }
            settlement.sentCount += 1
            sendOrFail(.nack(tag: id.tag, isRequeued: isRequeued), on: channel.number)
            lastSettlement = .now
        }
        return settlement
    }

    private func channel(of id: AMQPDeliveryID) -> Channel? {
        guard failure == nil, let channel = consumers[Int(id.subscription)],
            channel.consumption?.generation == id.generation
        else { return nil }
        return channel
    }

    // MARK: Ending

    /// Tells the broker to send no more; what it has sent can still be taken and settled.
    ///
    /// - Parameter isGivingBack: whether what nobody has taken yet goes back to the queues.
    /// - Returns: how many were given back so far, twice counted by no call.
    func drain(isGivingBack: Bool) async -> Int {
        // All at once: queues that do not answer are waited for together.
        await withDiscardingTaskGroup { group in
            for index in consumers.keys {
                group.addTask { await self.cancelConsumer(index, isGivingBack: isGivingBack) }
            }
        }
        isDrained = true
        if isGivingBack { giveBack() }
        handOverDeliveries()
        endWaiting()
        defer { givenBackCount = 0 }
        return givenBackCount
    }

    /// Gives back what nobody has taken, once no consumer is left that would get it again.
    ///
    /// From the moment all consumers are cancelled, not from the broker's answer on: that comes
    /// behind everything it has sent, which may be more than this side reads ahead.
    private func giveBack() {
        guard consumers.values.allSatisfy({ $0.consumption?.isCancelled ?? true }) else { return }
        isGivingBack = true
        transport.isReadingPaused = false
        while let batch = deliveries.take() {
            givenBackCount += reject(batch.ids, isRequeued: true).sentCount
        }
    }

    private func cancelConsumer(_ index: Int, isGivingBack: Bool) async {
        guard let channel = consumers[index], let consumption = channel.consumption else { return }
        channel.consumption?.isCancelled = true
        // Runs once the call below has been sent.
        if isGivingBack { loop.execute { [self] in assumeIsolated { $0.giveBack() } } }
        // A consumer that is gone already needs no cancelling: its channel tells why.
        _ = try? await call(.cancel(consumerTag: consumption.consumerTag), on: channel)
    }

    func consumerCancelled(_ channel: Channel) {
        guard let consumption = channel.consumption else { return }
        let error = AMQPError(
            .notFound,
            "the broker cancelled the consumer: its queue was deleted or moved"
        )
        lostConsumer(Int(consumption.subscription), channel, error)
        close(channel)
    }

    func lostConsumer(_ subscription: Int, _ channel: Channel, _ error: AMQPError) {
        guard consumers[subscription] === channel else { return }
        consumers[subscription] = nil
        onEvent(.consumerLost(subscription: subscription, error))
    }

    /// What nobody has taken goes: the broker delivers it again.
    func endConsuming() {
        consumers.removeAll()
        deliveries = DeliveryBuffer(maxBatchCount: configuration.maxBatchCount)
        endWaiting()
    }

    private func endWaiting() {
        let waiters = batchWaiters
        batchWaiters.removeAll()
        for waiter in waiters { waiter.continuation.resume(returning: nil) }
    }
}
