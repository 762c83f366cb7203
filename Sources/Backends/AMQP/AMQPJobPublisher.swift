public import AMQPClient
public import Jobs

/// Publishes events to the exchange of the jobs, confirmed by the broker.
public struct AMQPJobPublisher: JobPublisher {
    private let publisher: AMQPPublisher
    private let topology: JobTopology

    /// A publisher over a connection that somebody runs.
    public init(publisher: AMQPPublisher, topology: JobTopology) {
        self.publisher = publisher
        self.topology = topology
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
        do throws(AMQPPublishError) {
            try await publisher.publish(messages)
        } catch {
            throw SourceError(error.description, isRetriable: error.isRetriable)
        }
    }
}
