import Jobs
import RedisClient
import Synchronization
import Telemetry

extension RedisStreamSource {
    /// The name, the stream and the group: an acknowledgement of nothing.
    private static let emptyAckCount = 3

    /// Stores what is dead or has to wait, then acknowledges what is done.
    func settle(_ entries: [StreamEntry], _ outcomes: [Outcome]) async throws(RedisError) {
        var commands = keys.jobStreams.map { RedisCommand("XACK", $0, ControlKeys.group) }
        for index in entries.indices {
            let entry = entries[index]
            switch outcomes[index] {
            case .done, .expired:
                commands[entry.stream].append(entry.id)
            case .retry(let pause, _):
                try await postpone(entry, attempt: entry.attempt + 1, "after", pause.milliseconds)
            case .snooze(let time):
                try await postpone(entry, attempt: entry.attempt, "until", time.milliseconds)
            case .deadLetter(let cause):
                try await bury(entry, cause)
            }
        }
        var pipeline = Pipeline()
        for command in commands where command.count > Self.emptyAckCount {
            pipeline.append(command)
        }
        if let error = try await writer.execute(pipeline).firstError { throw error }
    }

    /// Stores the job among the delayed ones and acknowledges it in one step.
    private func postpone(
        _ entry: StreamEntry,
        attempt: Int,
        _ mode: String,
        _ milliseconds: Int64
    ) async throws(RedisError) {
        let call = StreamScripts.postpone.call(
            keys: [keys.jobStreams[entry.stream], keys.delayed],
            ControlKeys.group,
            entry.id,
            mode,
            milliseconds,
            attempt,
            entry.event
        )
        _ = try await writer.run(call)
        // The new one may be due before all others.
        state.withLock { $0.housekeeping.lookAtDelayedSoon() }
    }

    /// Stores the dead letter and acknowledges the job in one step.
    private func bury(_ entry: StreamEntry, _ cause: DeadLetterCause) async throws(RedisError) {
        let stream = keys.jobStreams[entry.stream]
        let call = StreamScripts.bury.call(
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
        _ = try await writer.run(call)
    }
}

extension Duration {
    /// Whole milliseconds, rounded down.
    var milliseconds: Int64 { Int64(self / .milliseconds(1)) }
}
