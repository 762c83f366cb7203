import Jobs
import RedisClient
import Synchronization
import Telemetry

extension RedisStreamSource {
    /// The name, the stream and the group: an acknowledgement of nothing.
    private static let emptyAckCount = 3
    /// Events that are stored elsewhere go in one write up to so many bytes.
    private static let maxMovedBytes = 1 << 20

    /// Acknowledges what is done, and stores what is dead or has to wait before it acknowledges
    /// that, all in one write unless there are very many bytes.
    ///
    /// Each job is settled on its own: when it throws, Redis knows which ones are, and the others
    /// are found by the review of the own jobs.
    func settle(_ entries: [StreamEntry], _ outcomes: [Outcome]) async throws(RedisError) {
        var acks = streams.map { RedisCommand("XACK", $0, ControlKeys.group) }
        var moves: [RedisScriptCall] = []
        var movedBytes = 0
        var failure: RedisError?
        for index in entries.indices {
            let entry = entries[index]
            // Who claims it when the lease is given up shall suspect it as this consumer did.
            if entry.isSuspect, outcomes[index] == .handedBack { continue }
            guard let move = move(entry, outcomes[index]) else {
                acks[entry.stream].append(entry.id)
                continue
            }
            moves.append(move)
            movedBytes += move.byteCount
            guard movedBytes >= Self.maxMovedBytes else { continue }
            failure = try await settle([], moves) ?? failure
            moves.removeAll()
            movedBytes = 0
        }
        acks.removeAll { $0.count == Self.emptyAckCount }
        failure = try await settle(acks, moves) ?? failure
        if let failure { throw failure }
    }

    /// The first error of those that were answered.
    private func settle(
        _ acks: [RedisCommand],
        _ moves: [RedisScriptCall]
    ) async throws(RedisError) -> RedisError? {
        // The new ones may be due before all others, stored or perhaps stored.
        defer { if !moves.isEmpty { state.withLock { $0.housekeeping.lookAtDelayedSoon() } } }
        for reply in try await writer.run(acks, and: moves) {
            if let error = reply.error { return error }
        }
        return nil
    }

    /// Removes the fences when nothing is left that could need one.
    ///
    /// Where the data is on another server they are not here, and go by age.
    func forgetFences() async throws(RedisError) {
        let fences = [keys.fences] + keys.fenceGenerations + [keys.fenceScopes]
        let call = FenceScripts.forget.call(
            keys: [keys.delayed, keys.claimed] + fences + keys.jobStreams
        )
        _ = try await writer.run(call)
    }

    /// What stores a job elsewhere and acknowledges it in one step; nil for what is done.
    private func move(_ entry: StreamEntry, _ outcome: Outcome) -> RedisScriptCall? {
        switch outcome {
        case .done, .expired, .superseded, .duplicate: nil
        case .retry(let pause, _):
            postpone(entry.failed(at: .now()), "after", pause.milliseconds)
        case .pause(let pause): postpone(entry, "after", pause.milliseconds)
        case .snooze(let time):
            postpone(entry.snoozed(until: time), "until", time.milliseconds)
        // Due at once, and in front of what was added later.
        case .handedBack: postpone(entry, "until", entry.milliseconds)
        case .deadLetter(let cause): bury(entry, cause)
        }
    }

    private func postpone(
        _ entry: StreamEntry,
        _ mode: String,
        _ milliseconds: Int64
    ) -> RedisScriptCall {
        StreamScripts.postpone.call(
            keys: [streams[entry.stream], keys.delayed],
            ControlKeys.group,
            entry.id,
            mode,
            milliseconds,
            entry.record,
            entry.event,
            entry.identityRecord
        )
    }

    private func bury(_ entry: StreamEntry, _ cause: DeadLetterCause) -> RedisScriptCall {
        let stream = streams[entry.stream]
        return StreamScripts.bury.call(
            keys: [stream, keys.deadLetters],
            ControlKeys.group,
            entry.id,
            entry.event,
            cause.reason,
            cause.error,
            "\(stream) \(String(decoding: entry.id, as: UTF8.self))",
            Timestamp.now(),
            entry.attempt
        )
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int64 { Int64(self / .milliseconds(1)) }
}
