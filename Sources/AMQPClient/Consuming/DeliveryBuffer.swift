/// What has arrived and nobody has taken yet, already in batches.
struct DeliveryBuffer {
    /// A batch that has grown to so many bytes is closed, whatever its count.
    private static let maxBatchBytes = 4 << 20

    /// A large batch says little about the next one.
    private static let maxReservedBytes = 256 << 10

    private let maxBatchCount: Int
    private var full: [AMQPBatch] = []
    private var open = AMQPBatch()
    /// The bytes of all batches together.
    private(set) var byteCount = 0

    init(maxBatchCount: Int) { self.maxBatchCount = maxBatchCount }

    var isEmpty: Bool { open.isEmpty && full.isEmpty }

    mutating func append(_ content: IncomingContent, end: Span<UInt8>, id: AMQPDeliveryID) {
        if open.count >= maxBatchCount || open.byteCount >= Self.maxBatchBytes {
            full.append(close())
        }
        let before = open.byteCount
        open.append(content, end: end, id: id)
        byteCount += open.byteCount - before
    }

    /// The oldest batch, or nil when nothing has arrived.
    mutating func take() -> AMQPBatch? {
        guard !isEmpty else { return nil }
        var batch = full.isEmpty ? close() : full.removeFirst()
        byteCount -= batch.byteCount
        batch.seal()
        return batch
    }

    private mutating func close() -> AMQPBatch {
        let closed = open
        open = AMQPBatch(
            byteCapacity: min(closed.byteCount, Self.maxReservedBytes) + AMQPBatch.trailingPadding,
            capacity: closed.count
        )
        return closed
    }
}
