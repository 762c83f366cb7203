/// A byte stream to a peer: what a codec and its connection state machine stand on.
///
/// Plain sockets implement it; TLS wraps one transport in another; a simulated network takes its
/// place in tests. All members belong to the thread of the connection's event loop.
public protocol Transport: AnyObject, Sendable {
    /// Begins to deliver what arrives to `handler`, which the transport keeps until it is closed.
    func start(_ handler: any TransportHandler)

    /// Queues bytes; they leave together at the end of the loop's turn, in order.
    ///
    /// On a closed transport nothing happens: the handler has been told already.
    func write(_ bytes: borrowing Span<UInt8>)

    /// How many queued bytes the kernel has not taken yet: the signal for back-pressure.
    var queuedByteCount: Int { get }

    /// Stops or resumes reading, so that a slow consumer is felt by the peer.
    var isReadingPaused: Bool { get set }

    /// When bytes last arrived: a half-open link shows by this alone.
    var lastReceived: ContinuousClock.Instant { get }

    /// Closes at once; queued bytes are lost. The handler hears `closedLocally`. Twice is fine.
    func close()
}

/// Whoever reads from a transport; called on the thread of its event loop.
public protocol TransportHandler: AnyObject, Sendable {
    /// Bytes arrived; they are valid during the call only.
    func transportReceived(_ bytes: borrowing Span<UInt8>)

    /// All queued bytes have been taken by the kernel, after some had to wait.
    func transportDrained()

    /// The last call, exactly once.
    func transportClosed(_ error: TransportError)
}

/// Makes transports: the seam for TLS, proxies and simulated networks.
public protocol Connector: Sendable {
    /// Connects within `timeout`, trying every address of the host in turn.
    ///
    /// The result belongs to `loop`. Cancelling the task does not shorten the wait.
    func connect(
        to endpoint: Endpoint,
        within timeout: Duration,
        on loop: EventLoop
    ) async throws(TransportError) -> any Transport
}
