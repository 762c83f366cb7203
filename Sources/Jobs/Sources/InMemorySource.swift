import Synchronization

/// One consumer of an in-memory queue.
public final class InMemorySource: JobSource {
    /// How many jobs a batch holds at most.
    public let batchSize: Int
    /// The name in logs.
    public let name = "memory"
    private let queue: InMemoryQueue
    private let state = Mutex(State())

    private struct State {
        var isStopped = false
        var outstanding: Set<UInt64> = []
    }

    /// A consumer that hands over at most `batchSize` jobs at a time.
    public init(_ queue: InMemoryQueue, batchSize: Int = 256) {
        self.queue = queue
        self.batchSize = batchSize
    }

    /// What waits in the queue.
    public func nextBatch() async throws(SourceError) -> DeliveryBatch? {
        while !Task.isCancelled, !state.withLock({ $0.isStopped }) {
            switch queue.fetch(upTo: batchSize) {
            case .end: return nil
            case .wait(let arrival): for await _ in arrival {}
            case .jobs(let jobs): return batch(jobs)
            }
        }
        return nil
    }

    /// Fetches no more.
    public func stop() async {
        state.withLock { $0.isStopped = true }
        queue.wakeReaders()
    }

    /// Gives back what was not settled.
    public func close() async {
        await stop()
        queue.giveBack(state.withLock { Array($0.outstanding) })
    }

    private func batch(_ jobs: [(identity: UInt64, event: [UInt8])]) -> DeliveryBatch {
        let identities = jobs.map(\.identity)
        state.withLock { $0.outstanding.formUnion(identities) }
        let deliveries = jobs.map {
            Delivery(body: $0.event[...])
        }
        return DeliveryBatch(deliveries) { [self] (outcomes) throws(SourceError) in
            queue.settle(identities, outcomes)
            state.withLock { $0.outstanding.subtract(identities) }
        }
    }
}
