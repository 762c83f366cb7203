public import Jobs
public import RedisClient

/// Adds events to the job streams.
public struct StreamPublisher: JobPublisher {
    private let connection: RedisConnection
    private let keys: ControlKeys

    /// A publisher to the streams of these names.
    public init(connection: RedisConnection, keys: ControlKeys) {
        self.connection = connection
        self.keys = keys
    }

    /// Adds all events in one write, in their order.
    public func publish(_ events: [Event]) async throws(SourceError) {
        var pipeline = Pipeline()
        for event in events {
            pipeline.append(
                "XADD",
                keys.stream(ofType: event.job.type),
                "*",
                "event",
                event.encoded()
            )
        }
        do throws(RedisError) {
            if let error = try await connection.execute(pipeline).firstError { throw error }
        } catch {
            throw SourceError(error)
        }
    }
}
