import Glibc
import Jobs
import RedisClient
import Synchronization

/// A source whose process dies once, between the effects of a batch and its acknowledgement.
///
/// One batch at a time: what is under way beside it would be done twice, as it has to.
final class DyingSource: JobSource {
    let isReadAhead = false
    private let source: any JobSource
    private let connection: RedisConnection
    private let isBusy = Mutex(false)

    var name: String { source.name }

    init(_ source: any JobSource, connection: RedisConnection) {
        self.source = source
        self.connection = connection
    }

    func run() async { await source.run() }
    func stop() async { await source.stop() }
    func close() async { await source.close() }

    func nextBatch() async throws(SourceError) -> DeliveryBatch? {
        while isBusy.withLock({ $0 }), !Task.isCancelled { await Task.yield() }
        guard let batch = try await source.nextBatch() else { return nil }
        isBusy.withLock { $0 = true }
        let (deliveries, redeliveredCount) = (batch.deliveries, batch.redeliveredCount)
        let inner = Mutex<DeliveryBatch?>(batch)
        return DeliveryBatch(deliveries, redeliveredCount: redeliveredCount) {
            [self] (outcomes) throws(SourceError) in
            defer { isBusy.withLock { $0 = false } }
            let set = RedisCommand("SET", "died", "1", "NX")
            if (try? await connection.execute(set))?.bytes != nil { abort() }
            guard let batch = inner.withLock({ $0.take() }) else { return }
            try await batch.settle(outcomes)
        }
    }
}
