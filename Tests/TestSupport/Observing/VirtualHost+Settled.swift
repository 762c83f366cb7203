extension VirtualHost {
    /// Waits until a queue is empty, nothing of it is unacknowledged, and so many letters are dead.
    public func settled(
        _ queue: String,
        dead: Int,
        consumers: Int = 1,
        within limit: Duration = .seconds(60)
    ) async throws {
        let empty = QueueDepth(ready: 0, unacknowledged: 0, consumers: consumers)
        var last: (QueueDepth?, QueueDepth?) = (nil, nil)
        do {
            try await eventually("\(queue) is settled", within: limit) {
                last = try await (depth(of: queue), depth(of: "cache.dead"))
                return last.0 == empty && last.1?.ready == dead
            }
        } catch let error as ConditionNotMet {
            throw NotSettled(error: error, jobs: last.0, dead: last.1)
        }
    }
}

/// What a queue held instead of nothing.
public struct NotSettled: Error {
    /// The wait that ended.
    public let error: ConditionNotMet
    /// What the queue held.
    public let jobs: QueueDepth?
    /// What the queue of dead letters held.
    public let dead: QueueDepth?
}
