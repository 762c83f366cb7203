import AMQPClient
import Jobs

extension AMQPPublisher {
    /// Publishes what was not confirmed again, with pauses, until all is, `isFinal` holds for a
    /// failure, or so many tries are used.
    nonisolated func publish(
        _ messages: [AMQPMessage],
        tries: Int,
        clock: any Clock<Duration>,
        unless isFinal: (AMQPError) -> Bool
    ) async throws(SourceError) {
        var rest = messages
        var backoff = Backoff()
        var triesLeft = tries
        while !rest.isEmpty {
            do throws(AMQPPublishError) {
                return try await publish(rest)
            } catch {
                triesLeft -= 1
                guard triesLeft > 0, !error.failures.contains(where: { isFinal($0.error) }) else {
                    throw SourceError(error.description, isRetriable: error.isRetriable)
                }
                rest = error.failures.map { rest[$0.index] }
            }
            do {
                try await clock.sleep(for: backoff.next())
            } catch {
                throw SourceError("the task ended before all messages were confirmed")
            }
        }
    }
}
