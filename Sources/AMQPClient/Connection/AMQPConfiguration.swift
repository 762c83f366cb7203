public import EventLoop
public import Telemetry

/// How to reach a broker, and the bounds of a connection.
public struct AMQPConfiguration: Sendable, Hashable {
    /// Where the broker listens.
    public var endpoint: Endpoint
    /// The name to log in with.
    public var user: String
    /// What proves the name.
    public var password: Secret
    /// The part of the broker to work in.
    public var virtualHost: String
    /// Shown in the broker's list of connections.
    public var connectionName: String?
    /// Whole seconds; the broker may ask for less, zero turns heartbeats off.
    public var heartbeat: Duration = .seconds(10)
    /// How long one connect over TCP may take.
    public var connectTimeout: Duration = .seconds(3)
    /// From the first byte to the open connection.
    public var handshakeTimeout: Duration = .seconds(10)
    /// How long the broker may take to answer a call: to declare a queue, to start a consumer.
    public var callTimeout: Duration = .seconds(10)
    /// From the call of `publish` to the last confirm, a memory alarm included.
    public var publishTimeout: Duration = .seconds(30)
    /// A larger body is skipped, and its delivery marked as oversized.
    public var maxBodyBytes = 16 << 20
    /// Deliveries that nobody takes stop the reading at so many bytes.
    public var maxBufferedBytes = 64 << 20
    /// The most deliveries in one batch.
    public var maxBatchCount = 512
    /// The most messages that wait for their confirms.
    public var maxUnconfirmed = 4_096
    /// The most `publish` calls at once.
    public var maxConcurrentPublishes = 4_096

    /// Everything else has a default.
    public init(
        endpoint: Endpoint,
        user: String = "guest",
        password: Secret = "guest",
        virtualHost: String = "/"
    ) {
        self.endpoint = endpoint
        self.user = user
        self.password = password
        self.virtualHost = virtualHost
    }
}
