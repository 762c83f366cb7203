import EventLoop

/// Connects to nothing: every write is answered with the same recorded bytes, so that what is
/// measured is the client alone.
struct ReplayConnector: Connector {
    let answer: [UInt8]

    func connect(
        to endpoint: Endpoint,
        within timeout: Duration,
        on loop: EventLoop
    ) async throws(TransportError) -> any Transport {
        ReplayTransport(answer: answer, on: loop)
    }
}

private final class ReplayTransport: Transport, @unchecked Sendable {
    // Guard: every member belongs to the thread of `loop`.

    private static let maxReadBytes = 128 << 10
    private let loop: EventLoop
    private let answer: [UInt8]
    private var handler: (any TransportHandler)?
    private var isGreeted = false

    init(answer: [UInt8], on loop: EventLoop) {
        self.answer = answer
        self.loop = loop
    }

    var queuedByteCount: Int { 0 }
    var isReadingPaused = false
    var lastReceived: ContinuousClock.Instant { .now }

    func start(_ handler: any TransportHandler) { self.handler = handler }

    func write(_ bytes: borrowing Span<UInt8>) {
        let reply = isGreeted ? answer : Array("+PONG\r\n".utf8)
        isGreeted = true
        loop.execute { [self] in
            for start in stride(from: 0, to: reply.count, by: Self.maxReadBytes) {
                let end = min(start + Self.maxReadBytes, reply.count)
                handler?.transportReceived(reply.span.extracting(start..<end))
            }
        }
    }

    func close() { handler = nil }
}
