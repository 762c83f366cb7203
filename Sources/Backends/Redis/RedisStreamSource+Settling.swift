import Jobs
import RedisClient
import Telemetry

extension RedisStreamSource {
    /// The name, the stream and the group: an acknowledgement of nothing.
    private static let emptyAckCount = 3

    /// Stores what is dead, then acknowledges what is done.
    func settle(_ entries: [StreamEntry], _ outcomes: [Outcome]) async throws(RedisError) {
        for (entry, outcome) in zip(entries, outcomes) {
            guard case .deadLetter(let cause) = outcome else { continue }
            try await bury(entry, cause)
        }
        var commands = keys.jobStreams.map { RedisCommand("XACK", $0, ControlKeys.group) }
        for index in entries.indices where outcomes[index] == .done {
            commands[entries[index].stream].append(entries[index].id)
        }
        var pipeline = Pipeline()
        for command in commands where command.count > Self.emptyAckCount {
            pipeline.append(command)
        }
        if let error = try await writer.execute(pipeline).firstError { throw error }
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
            Timestamp.now()
        )
        _ = try await writer.run(call)
    }
}
