import EventLoop

/// A channel of a session, touched by its session only.
final class Channel {
    enum Phase {
        case opening
        case open
        /// The good-bye is on its way; what arrives until the answer is of no interest, and only
        /// then is the number free again.
        case closing
        case closed
    }

    /// A call that waits for its answer.
    struct PendingCall {
        let method: ClientMethod
        let continuation: CheckedContinuation<Result<ServerMethod, AMQPError>, Never>
        let timer: LoopTimer
    }

    let number: UInt16
    var phase = Phase.opening
    /// Why it can no longer be used.
    var closeError: AMQPError?
    /// In the order of their answers.
    var calls: [PendingCall] = []
    var content = IncomingContent()
    /// Set while a message is coming back.
    var returning: ServerMethod.Return?
    var consumption: Consumption?

    init(number: UInt16) { self.number = number }

    /// What a channel with a consumer knows.
    struct Consumption {
        let subscription: UInt16
        let generation: UInt32
        let consumerTag: String
        var window = AckWindow()
        /// Whether the broker was asked to send no more.
        var isCancelled = false
    }

    func failCalls(_ error: AMQPError) {
        let failed = calls
        calls.removeAll()
        for call in failed {
            call.timer.cancel()
            call.continuation.resume(returning: .failure(error))
        }
    }
}
