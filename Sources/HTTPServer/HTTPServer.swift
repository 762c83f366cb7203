import CMicroHTTPD
import Synchronization
public import Telemetry

/// An HTTP/1.1 server for a few small answers, on a thread of libmicrohttpd.
///
/// Connections, their number, their time and the size of what they ask are bounded. Most handlers
/// run on the server's thread, apart from everything else: they answer even when the rest is
/// stuck. Those that have to wait run in the task of `run`, and their connections are suspended.
@safe public final class HTTPServer: @unchecked Sendable {
    // Guard: `daemon` has its lock; libmicrohttpd may be stopped from any thread.

    /// How many connections there may be at a time.
    static let maxConnections = 64
    /// How many of them from one address.
    static let maxConnectionsPerAddress = 32
    /// How long a connection may be silent.
    static let timeout = Duration.seconds(10)
    /// What a request's line and headers may take, with what the answer's headers take.
    static let maxHeadBytes = 16 << 10
    /// How long a deferred answer may take.
    static let deferralLimit = Duration.seconds(30)
    /// How many connections may wait to be accepted.
    static let backlog: Int32 = 64

    /// Where it listens, with the port that the system chose if it was asked to.
    public let port: UInt16
    private let service: HTTPService
    private let daemon: Mutex<OpaquePointer?>

    /// Listens, and answers from now on until `stop`.
    public init(
        at address: ListenAddress,
        token: Secret? = nil,
        routes: [HTTPRoute]
    ) throws(HTTPServerError) {
        let listener = unsafe cw_http_listen(address.host, address.port, Self.backlog)
        guard listener >= 0 else { throw HTTPServerError(errno: -listener, address) }
        port = cw_http_port(listener)
        service = HTTPService(HTTPRouter(routes, token: token))
        let limits = cw_http_limits(
            connections: UInt32(Self.maxConnections),
            connections_per_address: UInt32(Self.maxConnectionsPerAddress),
            timeout_seconds: UInt32(Self.timeout / .seconds(1)),
            bytes_per_connection: Self.maxHeadBytes
        )
        let context = unsafe Unmanaged.passUnretained(service).toOpaque()
        let started = unsafe cw_http_start(
            listener,
            HTTPService.access,
            HTTPService.completed,
            context,
            limits
        )
        // A daemon that does not start may have closed the socket or not, so it is left to the
        // end of the process, which is what follows.
        guard let started = unsafe started else { throw HTTPServerError(.library, address) }
        unsafe daemon = Mutex(started)
    }

    deinit { stop() }

    /// Lets deferred requests be answered until the task is cancelled or the server stopped.
    ///
    /// To be called once.
    public func run() async {
        await withDiscardingTaskGroup { group in
            for await exchange in service.deferred {
                group.addTask { [service] in
                    await service.answer(exchange, within: Self.deferralLimit)
                }
            }
        }
    }

    /// Finishes the answers under way and listens no more; blocks until then.
    ///
    /// What is deferred is refused. Twice is fine.
    public func stop() {
        service.close()
        let running = unsafe daemon.withLock { unsafe $0.take() }
        if let running = unsafe running { unsafe MHD_stop_daemon(running) }
    }
}
