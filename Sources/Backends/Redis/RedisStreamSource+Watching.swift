public import Jobs
import RedisClient
import Synchronization

extension RedisStreamSource {
    /// All its streams as one queue, since one read takes from all of them.
    private var queue: String { options.kinds.map(\.rawValue).joined(separator: "+") }

    /// Whether the streams hold what the group has not been given, and this source asks for it.
    public func flows() async -> [JobFlow] {
        guard !state.withLock({ $0.isStopped }) else { return [] }
        let look = StreamScripts.hasWaiting.call(keys: streams, ControlKeys.group)
        // A server that does not answer is away, which the connection tells.
        guard let reply = try? await writer.run(look) else { return [] }
        let demand = state.withLock { $0.demand }
        return [
            JobFlow(
                queue: queue,
                hasWork: reply.integer == 1,
                hasCredit: demand.isOpen,
                progress: JobFlow.Progress(jobs: demand.jobs)
            )
        ]
    }

    /// Reads on another connection.
    public func rebuildConsumer(of queue: String) async { await reader.reconnect() }

    /// Reads and settles on other connections.
    public func rebuildConnection() async {
        await reader.reconnect()
        await writer.reconnect()
    }
}
