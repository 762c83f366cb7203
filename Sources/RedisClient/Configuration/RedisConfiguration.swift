public import EventLoop
public import Telemetry

/// Where a Redis server is, who we are there, and how long we wait for it.
public struct RedisConfiguration: Sendable {
    /// Where the server listens.
    public var endpoint: Endpoint
    /// Nil: the default user.
    public var user: String?
    /// Nil: no AUTH is sent.
    public var password: Secret?
    /// Selected on every connection.
    public var database = 0
    /// Shown by CLIENT LIST; no spaces.
    public var clientName: String?
    /// From the first packet to the answer of the handshake, and how long callers wait for it.
    public var connectTimeout: Duration = .seconds(3)
    /// From the write of a pipeline to its last reply.
    public var commandTimeout: Duration = .seconds(5)
    /// Commands written and not yet answered on one connection; more callers wait in a queue.
    public var maxInFlightCommands = 4096
    /// The same in bytes written.
    public var maxInFlightBytes = 16 << 20
    /// Callers in that queue; the next is refused as overloaded.
    public var maxWaitingPipelines = 65_536
    /// How long to wait between attempts to connect.
    public var backoff = ReconnectBackoff()
    /// Loaded on every new connection, so that calls by digest in pipelines find them.
    public var scripts: [RedisScript] = []

    /// A configuration with the usual limits.
    public init(endpoint: Endpoint, user: String? = nil, password: Secret? = nil) {
        self.endpoint = endpoint
        self.user = user
        self.password = password
    }
}

extension RedisConfiguration: CustomStringConvertible, CustomReflectable {
    /// The endpoint and the database; never the password.
    public var description: String { database == 0 ? "\(endpoint)" : "\(endpoint)/\(database)" }

    /// What a dump shows: no password.
    public var customMirror: Mirror {
        Mirror(self, children: ["endpoint": endpoint, "database": database])
    }
}
