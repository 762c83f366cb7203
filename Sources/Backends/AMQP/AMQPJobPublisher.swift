public import AMQPClient
public import Jobs

/// Publishes events to the exchange of the jobs, confirmed by the broker.
public struct AMQPJobPublisher: JobPublisher {
    /// How often what the broker refuses is published: for about three seconds.
    private static let maxTries = 8

    private let publisher: AMQPPublisher
    private let topology: JobTopology
    private let clock: any Clock<Duration>

    /// A publisher over a connection that somebody runs.
    public init(
        publisher: AMQPPublisher,
        topology: JobTopology,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.publisher = publisher
        self.topology = topology
        self.clock = clock
    }

    /// Publishes persistent messages that some queue must take.
    public func publish(_ events: [Event]) async throws(SourceError) {
        let properties = AMQPProperties(
            contentType: "application/cloudevents+json",
            isPersistent: true
        )
        let messages = events.map { event in
            AMQPMessage(
                to: topology.exchange,
                routingKey: JobKinds.routingKey(ofType: event.job.type),
                body: event.encoded()[...],
                properties: properties
            )
        }
        // A queue that has only just been declared may refuse for a moment, as a full one does.
        try await publisher.publish(messages, tries: Self.maxTries, clock: clock) {
            $0.code != .nacked
        }
    }
}
