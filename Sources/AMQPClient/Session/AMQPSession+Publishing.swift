import EventLoop

extension AMQPSession {
    /// Frames the kernel has not taken yet, beyond which publishers wait.
    private static let maxQueuedBytes = 1 << 20

    /// A `publish` call whose messages are all written.
    struct PublishWaiter {
        let continuation: CheckedContinuation<[AMQPPublishError.Failure], Never>
        let timer: LoopTimer
    }

    /// Opens the channel for publishing and asks for confirms.
    func startPublishing() async throws(AMQPError) {
        guard publishChannel == nil else { return }
        let channel = try await openChannel()
        _ = try await call(.confirmSelect, on: channel)
        publishChannel = channel
    }

    /// Writes the messages and waits until the broker has judged them all.
    ///
    /// Returns those that were not confirmed. Waits for room and for a blocked broker, but for
    /// nothing longer than until the deadline.
    func publish(
        _ messages: [AMQPMessage],
        until deadline: ContinuousClock.Instant
    ) async -> [AMQPPublishError.Failure] {
        let ticket = confirms.open(count: messages.count)
        var finished: ConfirmTracker.Completion?
        for (index, message) in messages.enumerated() {
            do throws(AMQPError) {
                // Asked again after every wait: only what is true without one in between counts.
                while !hasRoom { try await waitForRoom(until: deadline) }
                guard let publishChannel else { throw reopening }
                try send(message, on: publishChannel.number)
                confirms.published(identity(of: message), ticket, index: index)
            } catch {
                finished = confirms.failed(error, ticket, index: index)
            }
        }
        if let finished { return finished.failures }
        return await verdict(on: ticket, until: deadline)
    }

    private var hasRoom: Bool {
        failure == nil && publishChannel != nil && blockedReason == nil
            && confirms.unconfirmedCount < configuration.maxUnconfirmed
            && transport.queuedByteCount < Self.maxQueuedBytes
    }

    private func waitForRoom(until deadline: ContinuousClock.Instant) async throws(AMQPError) {
        let isInTime = await room.wait(until: deadline) {
            hasRoom || failure != nil || publishChannel == nil
        }
        if let failure { throw failure }
        guard publishChannel != nil else { throw reopening }
        guard isInTime else { throw noRoom }
    }

    private var reopening: AMQPError {
        AMQPError(.connection(.reset), "the channel for publishing is being reopened")
    }

    private var noRoom: AMQPError {
        if Task.isCancelled {
            return AMQPError(.cancelled, "the task was cancelled before the message was sent")
        }
        if let blockedReason {
            return AMQPError(.blocked, "the broker takes no messages: \(blockedReason)")
        }
        return AMQPError(.timedOut, "no room to send the message in time; it was not sent")
    }

    private func identity(of message: AMQPMessage) -> ConfirmTracker.Identity {
        ConfirmTracker.Identity(
            exchange: message.exchange,
            routingKey: message.routingKey,
            messageID: message.properties.messageID
        )
    }

    private func verdict(
        on ticket: ConfirmTracker.Ticket,
        until deadline: ContinuousClock.Instant
    ) async -> [AMQPPublishError.Failure] {
        // Not cancellable: a written message has an outcome, and the deadline bounds the wait.
        await withCheckedContinuation { continuation in
            if let early = earlyCompletions.removeValue(forKey: ticket) {
                return continuation.resume(returning: early)
            }
            let timer = loop.schedule(
                after: max(.zero, ContinuousClock.now.duration(to: deadline))
            ) { [self] in
                let error = AMQPError(
                    .timedOut,
                    "the broker did not confirm the message in time",
                    isOutcomeUnknown: true
                )
                resolve(confirms.expire(ticket, error).map { [$0] } ?? [])
            }
            completions[ticket] = PublishWaiter(continuation: continuation, timer: timer)
        }
    }

    func resolve(_ finished: [ConfirmTracker.Completion]) {
        for completion in finished {
            guard let waiter = completions.removeValue(forKey: completion.ticket) else {
                earlyCompletions[completion.ticket] = completion.failures
                continue
            }
            waiter.timer.cancel()
            waiter.continuation.resume(returning: completion.failures)
        }
        room.signal()
    }

    func returned(_ channel: Channel, _ end: Span<UInt8>) throws(AMQPError) {
        guard let message = channel.returning else { return }
        channel.returning = nil
        guard channel === publishChannel else { return }
        let encoded = channel.content.bytes.prefix(channel.content.propertiesCount)
        let identity = ConfirmTracker.Identity(
            exchange: message.exchange,
            routingKey: message.routingKey,
            messageID: try AMQPProperties(encoded: encoded.span).messageID
        )
        let route = "exchange '\(message.exchange)' with routing key '\(message.routingKey)'"
        let code = CodecStatus.code(ofReply: message.replyCode)
        confirms.returned(identity, AMQPError(code, "\(route): \(message.text)"))
    }

    func endPublishing(_ error: AMQPError) {
        publishChannel = nil
        resolve(confirms.reset(error.withUnknownOutcome))
        room.signal()
    }
}
