import AMQPClient
public import Jobs

extension AMQPSource {
    /// What waits in its queues, and what this source holds of them.
    ///
    /// A queue that is not there is left out. Throws while the broker cannot be asked.
    public func backlogs() async throws(SourceError) -> [Backlog] {
        guard let inspector else { return [] }
        let unsettled = await unsettledCounts()
        var backlogs: [Backlog] = []
        for (index, queue) in consumer.queues.enumerated() {
            do throws(AMQPError) {
                let waiting = try await inspector.messageCount(of: queue)
                let held = unsettled[queue] ?? 0
                let isEmpty = waiting == 0 && held == 0
                backlogs.append(
                    Backlog(
                        queue: topology.kind(ofQueue: queue),
                        waiting: waiting,
                        unsettled: held,
                        oldestAge: isEmpty ? .zero : ages.age(of: index, at: .now)
                    )
                )
            } catch {
                guard error.code == .notFound else {
                    throw SourceError(error.message, isRetriable: error.isRetriable)
                }
            }
        }
        return backlogs
    }

    private func unsettledCounts() async -> [String: Int] {
        Dictionary(await consumer.flows.map { ($0.queue, $0.unsettledCount) }) { first, _ in first }
    }

    /// Whether jobs wait in the queues that are consumed, and the broker may send them.
    public func flows() async -> [JobFlow] {
        guard let inspector else { return [] }
        var flows: [JobFlow] = []
        for flow in await consumer.flows {
            // Of a queue that cannot be asked about nothing is known.
            guard let waiting = try? await inspector.messageCount(of: flow.queue) else { continue }
            flows.append(
                JobFlow(
                    queue: flow.queue,
                    hasWork: waiting > 0,
                    hasCredit: flow.hasCredit,
                    progress: JobFlow.Progress(
                        generation: UInt64(flow.generation),
                        jobs: flow.deliveredCount
                    )
                )
            )
        }
        return flows
    }

    /// Consumes the queue on another channel.
    public func rebuildConsumer(of queue: String) async { await consumer.restart(queue: queue) }

    /// Consumes on another connection.
    public func rebuildConnection() async { await consumer.reconnect() }
}
