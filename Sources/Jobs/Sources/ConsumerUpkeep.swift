/// What consumers of the job servers leave behind when they go without taking leave.
public protocol ConsumerUpkeep: Sendable {
    /// Removes consumers that hold no job, show no sign of life and were silent for so long, in
    /// bounded steps; twice does no harm.
    ///
    /// - Returns: How many went.
    func removeConsumers(idleFor age: Duration) async throws(SourceError) -> Int
}
