import Jobs
import Synchronization

/// A source that fails as often as the test says: what it could not settle comes again, as over a
/// connection that was lost and made anew.
final class FlakySource: JobSource {
    let name = "flaky"
    private let queue: InMemoryQueue
    private let batchSize: Int
    private let state: Mutex<State>

    private struct State {
        var source: InMemorySource
        var readFailures: Int
        var settleFailures: Int
        var readCount = 0
    }

    init(
        _ queue: InMemoryQueue,
        batchSize: Int = 256,
        readFailures: Int = 0,
        settleFailures: Int = 0
    ) {
        self.queue = queue
        self.batchSize = batchSize
        state = Mutex(
            State(
                source: InMemorySource(queue, batchSize: batchSize),
                readFailures: readFailures,
                settleFailures: settleFailures
            )
        )
    }

    /// How often a batch was handed over.
    var readCount: Int { state.withLock { $0.readCount } }

    func nextBatch() async throws(SourceError) -> DeliveryBatch? {
        while true {
            let (source, isFailing) = state.withLock { state in
                defer { state.readFailures -= state.readFailures > 0 ? 1 : 0 }
                return (state.source, state.readFailures > 0)
            }
            if isFailing { throw SourceError("the connection is away") }
            if let batch = try await source.nextBatch() { return wrap(batch) }
            let isReplaced = state.withLock { $0.source !== source }
            guard isReplaced, !Task.isCancelled else { return nil }
        }
    }

    func stop() async { await state.withLock { $0.source }.stop() }

    func close() async { await state.withLock { $0.source }.close() }

    private func wrap(_ batch: consuming DeliveryBatch) -> DeliveryBatch {
        state.withLock { $0.readCount += 1 }
        let deliveries = batch.deliveries
        let inner = Mutex<DeliveryBatch?>(batch)
        return DeliveryBatch(deliveries) { [self] (outcomes) throws(SourceError) in
            try await loseConnection()
            guard let batch = inner.withLock({ $0.take() }) else { return }
            try await batch.settle(outcomes)
        }
    }

    private func loseConnection() async throws(SourceError) {
        let old: InMemorySource? = state.withLock { state in
            guard state.settleFailures > 0 else { return nil }
            state.settleFailures -= 1
            defer { state.source = InMemorySource(queue, batchSize: batchSize) }
            return state.source
        }
        guard let old else { return }
        await old.close()
        throw SourceError("the connection was lost")
    }
}
