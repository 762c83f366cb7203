import Synchronization

/// One consumer of an in-memory queue.
public final class InMemorySource: JobSource {
    /// How many jobs a batch holds at most.
    public let batchSize: Int
    /// The name in logs.
    public let name = "memory"
    private let queue: InMemoryQueue
    private let clock: any Clock<Duration>
    private let state = Mutex(State())

    private struct State {
        var isStopped = false
        var outstanding: Set<UInt64> = []
    }

    /// A consumer that hands over at most `batchSize` jobs at a time.
    public init(
        _ queue: InMemoryQueue,
        batchSize: Int = 256,
        clock: any Clock<Duration> = ContinuousClock()
    ) {
        self.queue = queue
        self.clock = clock
        self.batchSize = batchSize
    }

    /// What waits in the queue.
    public func nextBatch() async throws(SourceError) -> DeliveryBatch? {
        while !Task.isCancelled, !isStopped {
            switch queue.fetch(upTo: batchSize) {
            case .end: return nil
            case .wait(let arrival, let delay):
                // Looked at again, now that `stop` would be heard.
                if isStopped { return nil }
                await wait(for: arrival, atMost: delay)
            case .jobs(let jobs):
                if let batch = batch(jobs) { return batch }
            }
        }
        return nil
    }

    /// Fetches no more.
    public func stop() async {
        state.withLock { $0.isStopped = true }
        queue.wakeReaders()
    }

    /// Gives back what was not settled; a batch that is settled later comes again all the same.
    public func close() async {
        await stop()
        let outstanding = state.withLock { state in
            defer { state.outstanding.removeAll() }
            return Array(state.outstanding)
        }
        queue.giveBack(outstanding, isHandedOut: true)
    }

    private func wait(for arrival: AsyncStream<Never>, atMost delay: Duration?) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { for await _ in arrival {} }
            // A sleep that is cancelled has done its duty: the arrival was first.
            if let delay { group.addTask { try? await self.clock.sleep(for: delay) } }
            await group.next()
            group.cancelAll()
        }
    }

    private var isStopped: Bool { state.withLock { $0.isStopped } }

    /// Nil when the source was stopped meanwhile: then nobody would give the jobs back.
    private func batch(_ jobs: [InMemoryQueue.Waiting]) -> DeliveryBatch? {
        let identities = jobs.map(\.identity)
        let isStopped = state.withLock { state in
            if !state.isStopped { state.outstanding.formUnion(identities) }
            return state.isStopped
        }
        guard !isStopped else {
            queue.giveBack(identities, isHandedOut: false)
            return nil
        }
        let deliveries = jobs.map { job in
            Delivery(
                body: job.event[...],
                attempt: job.attempt,
                firstFailedAt: job.firstFailedAt,
                name: Delivery.Name("memory", Array("\(job.identity)".utf8)[...]),
                isSuspect: job.isSuspect
            )
        }
        return DeliveryBatch(deliveries, redeliveredCount: jobs.count(where: \.isSuspect)) {
            [self] (outcomes) throws(SourceError) in
            let isHeld = state.withLock { state in
                let isHeld = state.outstanding.isSuperset(of: identities)
                state.outstanding.subtract(identities)
                return isHeld
            }
            guard isHeld else {
                throw SourceError("the source was closed and has given the jobs back")
            }
            queue.settle(identities, outcomes)
        }
    }
}
