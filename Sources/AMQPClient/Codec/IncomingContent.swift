/// One message on its way in: a method, a header and body frames, which channels may interleave.
///
/// The buffer is kept from message to message. The last body frame never enters it: it goes
/// straight to where the message is wanted, so a small body is copied once.
struct IncomingContent {
    private enum Phase {
        case idle
        case awaitingHeader
        case awaitingBody
    }

    /// A larger buffer is given back after the message.
    private static let keptByteCount = 256 << 10

    private(set) var tag: UInt64 = 0
    private(set) var isRedelivered = false
    /// Exchange, routing key, property list and the body so far, one after the other.
    private(set) var bytes: [UInt8] = []
    private(set) var exchangeCount = 0
    private(set) var routingKeyCount = 0
    private(set) var propertiesCount = 0
    /// The size the broker announced.
    private(set) var bodyByteCount: UInt64 = 0
    /// Whether the body was too large to be stored and was skipped.
    private(set) var isOversized = false
    private var remaining: UInt64 = 0
    private var phase = Phase.idle

    var isIdle: Bool { phase == .idle }

    mutating func begin(
        tag: UInt64,
        isRedelivered: Bool,
        exchange: UnsafeRawBufferPointer,
        routingKey: UnsafeRawBufferPointer
    ) {
        self.tag = tag
        self.isRedelivered = isRedelivered
        bytes.removeAll(keepingCapacity: bytes.capacity <= Self.keptByteCount)
        unsafe bytes.append(contentsOf: exchange)
        unsafe bytes.append(contentsOf: routingKey)
        exchangeCount = exchange.count
        routingKeyCount = routingKey.count
        phase = .awaitingHeader
    }

    /// Returns whether the message is complete, which one with no body is.
    mutating func header(
        _ payload: Span<UInt8>,
        maxBodyBytes: Int
    ) throws(AMQPError) -> Bool {
        guard phase == .awaitingHeader else { throw misplaced("content header") }
        bodyByteCount = try ContentHeader(payload).bodyByteCount
        remaining = bodyByteCount
        isOversized = bodyByteCount > UInt64(maxBodyBytes)
        let properties = payload.extracting(ContentHeader.propertiesOffset...)
        propertiesCount = properties.count
        append(properties)
        phase = remaining == 0 ? .idle : .awaitingBody
        return remaining == 0
    }

    /// Returns whether the message is complete; then the payload is the end of the body, which is
    /// not in `bytes`.
    mutating func body(_ payload: Span<UInt8>) throws(AMQPError) -> Bool {
        guard phase == .awaitingBody else { throw misplaced("body") }
        guard payload.count <= remaining else {
            throw AMQPError(.protocolViolation, "a message is longer than its header announced")
        }
        remaining -= UInt64(payload.count)
        if remaining == 0 {
            phase = .idle
            return true
        }
        if !isOversized { append(payload) }
        return false
    }

    /// Forgets a message that will not be completed.
    mutating func abandon() { phase = .idle }

    private mutating func append(_ span: Span<UInt8>) {
        unsafe span.withUnsafeBufferPointer { unsafe bytes.append(contentsOf: $0) }
    }

    private func misplaced(_ what: String) -> AMQPError {
        AMQPError(.protocolViolation, "the broker sent a \(what) frame that belongs to no message")
    }
}
