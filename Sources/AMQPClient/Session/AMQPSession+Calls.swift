import EventLoop

extension AMQPSession {
    /// So many channels may wait for the answer to their good-bye before the connection is given
    /// up.
    private static let maxClosingChannels = 64

    /// Opens a channel under the lowest number that is free.
    func openChannel() async throws(AMQPError) -> Channel {
        if let failure { throw failure }
        let free = channels.indices.dropFirst().first { channels[$0] == nil } ?? channels.count
        guard free <= Int(channelMax) else {
            throw AMQPError(
                .overloaded,
                "all \(channelMax) channels of the connection are in use"
            )
        }
        let channel = Channel(number: UInt16(free))
        if free == channels.count { channels.append(channel) } else { channels[free] = channel }
        _ = try await call(.channelOpen, on: channel)
        return channel
    }

    /// Sends a method and waits for its answer.
    ///
    /// Throws what the broker says when it closes the channel instead, and `timedOut` with an
    /// unknown outcome when it says nothing: the channel is closed then, since a late answer
    /// could not be told from the answer to the next call.
    func call(_ method: ClientMethod, on channel: Channel) async throws(AMQPError) -> ServerMethod {
        let result: Result<ServerMethod, AMQPError> = await withCheckedContinuation {
            continuation in
            if let error = failure ?? channel.closeError {
                return continuation.resume(returning: .failure(error))
            }
            // Sent and noted in one step: the answer finds who waits for it.
            do throws(AMQPError) {
                try send(method, on: channel.number)
            } catch {
                return continuation.resume(returning: .failure(error))
            }
            let timer = loop.schedule(after: configuration.callTimeout) { [self] in
                abandon(channel)
            }
            channel.calls.append(
                Channel.PendingCall(method: method, continuation: continuation, timer: timer)
            )
        }
        return try result.get()
    }

    /// Closes a channel nobody needs any more; does not wait.
    func close(_ channel: Channel) {
        guard channel.phase == .open, failure == nil else { return }
        channel.phase = .closing
        channel.closeError = AMQPError(.closedLocally, "the channel was closed here")
        sendOrFail(.channelClose(text: "done"), on: channel.number)
    }

    func answer(_ method: ServerMethod, on channel: Channel) throws(AMQPError) {
        switch channel.phase {
        case .closed: return
        case .closing:
            guard method == .channelCloseOk else { return }
            channel.phase = .closed
            channels[Int(channel.number)] = nil
            return
        case .opening, .open: break
        }
        guard let call = channel.calls.first, method.answers(call.method) else {
            throw AMQPError(
                .protocolViolation,
                "the broker sent an answer on channel \(channel.number) that nobody asked for"
            )
        }
        channel.calls.removeFirst()
        if method == .channelOpenOk { channel.phase = .open }
        call.timer.cancel()
        call.continuation.resume(returning: .success(method))
    }

    /// The broker closed the channel: its number is free again.
    func forget(_ channel: Channel, _ error: AMQPError) {
        // Two good-byes that cross: the answer to this side's own is still to come.
        guard channel.phase != .closing else { return }
        let wasOpen = channel.phase == .open
        channels[Int(channel.number)] = nil
        channel.phase = .closed
        channel.closeError = channel.closeError ?? error
        channel.failCalls(error)
        if wasOpen { lostUse(of: channel, error) }
    }

    /// A call on the channel got no answer in time.
    private func abandon(_ channel: Channel) {
        guard channel.phase == .open || channel.phase == .opening, failure == nil else { return }
        let error = AMQPError(
            .timedOut,
            "the broker gave no answer within \(configuration.callTimeout)",
            isOutcomeUnknown: true
        )
        channel.phase = .closing
        channel.closeError = error
        sendOrFail(.channelClose(text: "no answer in time"), on: channel.number)
        channel.failCalls(error)
        lostUse(of: channel, error)
        guard channels.count(where: { $0?.phase == .closing }) > Self.maxClosingChannels else {
            return
        }
        fail(AMQPError(.timedOut, "the broker answers neither calls nor the closing of channels"))
    }

    private func lostUse(of channel: Channel, _ error: AMQPError) {
        if controlChannel === channel { controlChannel = nil }
        if let consumption = channel.consumption {
            lostConsumer(Int(consumption.subscription), channel, error)
        }
        if publishChannel === channel {
            publishChannel = nil
            resolve(confirms.reset(error.withUnknownOutcome))
            room.signal()
            onEvent(.publishingLost(error))
        }
    }
}
