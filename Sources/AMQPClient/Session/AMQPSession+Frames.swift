import EventLoop

extension AMQPSession: TransportHandler {
    nonisolated func transportReceived(_ bytes: borrowing Span<UInt8>) {
        assumeIsolated { $0.received(bytes) }
    }

    nonisolated func transportDrained() {
        assumeIsolated { $0.room.signal() }
    }

    nonisolated func transportClosed(_ error: TransportError) {
        assumeIsolated { $0.lost(AMQPError(error)) }
    }

    private func received(_ bytes: Span<UInt8>) {
        do throws(AMQPError) {
            try splitter.split(bytes) { (header, payload) throws(AMQPError) in
                guard failure == nil else { return }
                try receive(header, payload)
            }
        } catch {
            return fail(error)
        }
        if let tunedFrameMax { splitter.frameMax = tunedFrameMax }
        handOverDeliveries()
    }

    private func receive(_ header: FrameHeader, _ payload: Span<UInt8>) throws(AMQPError) {
        guard header.kind != .heartbeat else { return }
        guard header.channel != 0 else {
            guard header.kind == .method else {
                throw AMQPError(.protocolViolation, "the broker sent content on channel 0")
            }
            return receivedOnConnection(try decoder.decode(payload))
        }
        guard Int(header.channel) < channels.count, let channel = channels[Int(header.channel)]
        else {
            throw AMQPError(
                .protocolViolation,
                "the broker sent a frame on channel \(header.channel), which is not open"
            )
        }
        switch header.kind {
        case .header:
            // Of a message that comes back only the properties matter.
            let limit = channel.returning == nil ? configuration.maxBodyBytes : 0
            if try channel.content.header(payload, maxBodyBytes: limit) {
                try complete(channel, [UInt8]().span)
            }
        case .body:
            if try channel.content.body(payload) { try complete(channel, payload) }
        case .method where MethodDecoder.isDelivery(payload):
            guard channel.content.isIdle else { throw interrupted(channel) }
            try decoder.deliver(payload, into: &channel.content)
        default:
            try receive(try decoder.decode(payload), on: channel)
        }
    }

    private func complete(_ channel: Channel, _ end: Span<UInt8>) throws(AMQPError) {
        if channel.returning != nil {
            try returned(channel, end)
        } else {
            try delivered(channel, end)
        }
    }

    private func receive(_ method: ServerMethod, on channel: Channel) throws(AMQPError) {
        switch method {
        case .channelClose(let reason):
            channel.content.abandon()
            sendOrFail(.channelCloseOk, on: channel.number)
            forget(channel, reason.error)
            return
        case .channelFlow(let isActive):
            return sendOrFail(.channelFlowOk(isActive: isActive), on: channel.number)
        default: break
        }
        guard channel.content.isIdle else { throw interrupted(channel) }
        switch method {
        case .ack(let tag, let isMultiple) where channel === publishChannel:
            resolve(try confirms.acked(tag, isMultiple: isMultiple))
        case .nack(let tag, let isMultiple) where channel === publishChannel:
            resolve(try confirms.nacked(tag, isMultiple: isMultiple))
        case .returned(let message):
            channel.returning = message
            unsafe channel.content.begin(
                tag: 0,
                isRedelivered: false,
                exchange: UnsafeRawBufferPointer(start: nil, count: 0),
                routingKey: UnsafeRawBufferPointer(start: nil, count: 0)
            )
        case .cancel: consumerCancelled(channel)
        default: try answer(method, on: channel)
        }
    }

    private func interrupted(_ channel: Channel) -> AMQPError {
        AMQPError(
            .protocolViolation,
            "the broker interrupted a message on channel \(channel.number) with a method"
        )
    }
}
