/// Deliveries in the order they arrived: one block of bytes, and where in it each part lies.
public struct AMQPBatch: Sendable, RandomAccessCollection {
    /// After the last body so many zero bytes can be read: parsers that read ahead need no copy.
    public static let trailingPadding = 64

    struct Entry {
        let id: AMQPDeliveryID
        let start: UInt32
        let bodyByteCount: UInt64
        let propertiesCount: UInt32
        let exchangeCount: UInt8
        let routingKeyCount: UInt8
        let isRedelivered: Bool
        let isOversized: Bool

        var routingKeyStart: Int { Int(start) + Int(exchangeCount) }
        var propertiesStart: Int { routingKeyStart + Int(routingKeyCount) }
        var bodyStart: Int { propertiesStart + Int(propertiesCount) }
        var bodyEnd: Int { isOversized ? bodyStart : bodyStart + Int(bodyByteCount) }
    }

    private(set) var bytes: [UInt8] = []
    private(set) var entries: [Entry] = []

    /// Room for a batch like the one before, so that arrays need not grow step by step.
    init(byteCapacity: Int = 0, capacity: Int = 0) {
        bytes.reserveCapacity(byteCapacity)
        entries.reserveCapacity(capacity)
    }

    /// The first delivery.
    public var startIndex: Int { 0 }
    /// After the last delivery.
    public var endIndex: Int { entries.count }
    /// A view of one delivery.
    public subscript(position: Int) -> AMQPDelivery {
        AMQPDelivery(entry: entries[position], bytes: bytes)
    }

    /// The last delivery of the subscription at this position, if there is one.
    public func lastDelivery(of subscription: Int) -> AMQPDelivery? {
        entries.last { $0.id.subscription == UInt16(subscription) }
            .map { AMQPDelivery(entry: $0, bytes: bytes) }
    }

    /// How many of the messages the broker may have delivered before.
    public var redeliveredCount: Int { entries.count { $0.isRedelivered } }

    /// What to settle all deliveries of the batch by.
    public var ids: [AMQPDeliveryID] { entries.map(\.id) }

    /// The bytes of everything in the batch.
    public var byteCount: Int { bytes.count }

    /// Appends a message whose last body frame is `end`.
    mutating func append(_ content: IncomingContent, end: Span<UInt8>, id: AMQPDeliveryID) {
        entries.append(
            Entry(
                id: id,
                start: UInt32(bytes.count),
                bodyByteCount: content.bodyByteCount,
                propertiesCount: UInt32(content.propertiesCount),
                exchangeCount: UInt8(content.exchangeCount),
                routingKeyCount: UInt8(content.routingKeyCount),
                isRedelivered: content.isRedelivered,
                isOversized: content.isOversized
            )
        )
        bytes.append(contentsOf: content.bytes)
        if !content.isOversized {
            unsafe end.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
        }
    }

    /// Adds the padding; nothing is appended after.
    mutating func seal() {
        bytes.append(contentsOf: repeatElement(0, count: Self.trailingPadding))
    }
}
