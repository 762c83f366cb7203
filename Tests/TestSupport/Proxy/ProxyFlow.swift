/// The bytes on one way through a proxy: what has come and has not gone yet.
///
/// A pure value: the proxy's thread moves the bytes.
struct ProxyFlow {
    /// Above this nothing more is read, as behind a full buffer of the network.
    static let maxQueuedBytes = 256 << 10

    private var queue: [(due: ContinuousClock.Instant, bytes: ArraySlice<UInt8>)] = []
    private(set) var queuedBytes = 0
    private var filter = DeliveryFilter()
    /// How many have gone since `countFromHere`.
    private(set) var passedBytes = 0
    /// Whether nothing more comes.
    var hasEnded = false
    /// Whether the end has been passed on.
    var isEndPassed = false

    var hasRoom: Bool { !hasEnded && queuedBytes < Self.maxQueuedBytes }
    var isEmpty: Bool { queue.isEmpty }
    /// When the next bytes may go; nil when there are none.
    var nextDue: ContinuousClock.Instant? { queue.first?.due }

    /// Begins to count what passes.
    mutating func countFromHere() { passedBytes = 0 }

    /// Takes bytes in, with the damage that the rule wants.
    mutating func take(
        _ bytes: [UInt8],
        under rule: ProxyRule,
        at now: ContinuousClock.Instant,
        using generator: inout SeededGenerator
    ) {
        var bytes = bytes
        if let distance = rule.flipsOneBitIn {
            for index in bytes.indices where generator.oneIn(distance) {
                bytes[index] ^= 1 << UInt8.random(in: 0..<8, using: &generator)
            }
        }
        bytes = rule.swallowsDeliveries ? filter.pass(bytes) : filter.takeRest() + bytes
        guard !bytes.isEmpty else { return }
        queue.append((now + rule.latency, bytes[...]))
        queuedBytes += bytes.count
    }

    /// The bytes that may go now, at most `limit`; none when it is not their time.
    func ready(_ limit: Int, at now: ContinuousClock.Instant) -> ArraySlice<UInt8> {
        guard let first = queue.first, first.due <= now else { return [] }
        return first.bytes.prefix(limit)
    }

    /// So many of them have gone.
    mutating func pass(_ count: Int) {
        queuedBytes -= count
        passedBytes += count
        queue[0].bytes.removeFirst(count)
        if queue[0].bytes.isEmpty { queue.removeFirst() }
    }
}
