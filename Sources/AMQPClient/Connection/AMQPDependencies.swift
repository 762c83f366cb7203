public import EventLoop
public import Telemetry

/// What a consumer or publisher needs from outside, replaceable in tests.
public struct AMQPDependencies: Sendable {
    /// The thread everything runs on.
    public var loop: EventLoop
    /// Makes the sockets.
    public var connector: any Connector
    /// How long to wait between attempts.
    public var backoff: ReconnectBackoff
    /// Where connections and their loss are noted.
    public var logger: Logger
    /// Called on the loop; it must not block.
    public var onEvent: @Sendable (AMQPEvent) -> Void

    /// The real ones, unless told otherwise.
    public init(
        loop: EventLoop,
        connector: any Connector = SocketConnector(),
        backoff: ReconnectBackoff = ReconnectBackoff(),
        logger: Logger = Logger(SilentLog()),
        onEvent: @escaping @Sendable (AMQPEvent) -> Void = { _ in }
    ) {
        self.loop = loop
        self.connector = connector
        self.backoff = backoff
        self.logger = logger
        self.onEvent = onEvent
    }
}
