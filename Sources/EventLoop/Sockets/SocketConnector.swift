import CLinux
import Glibc

/// Connects TCP and Unix sockets without blocking any thread of the concurrency pool.
public struct SocketConnector: Connector {
    /// Has no settings: every connection of the house has the same.
    public init() {}

    /// Tries every address of the endpoint until one answers or the time is over.
    public func connect(
        to endpoint: Endpoint,
        within timeout: Duration,
        on loop: EventLoop
    ) async throws(TransportError) -> any Transport {
        let deadline = ContinuousClock.now + timeout
        var failure = TransportError(.unresolvable, "\(endpoint) has no address")
        for address in try await Resolver.addresses(of: endpoint, on: loop) {
            do throws(TransportError) {
                return try await attempt(address, endpoint, until: deadline, on: loop)
            } catch {
                failure = error
                guard ContinuousClock.now < deadline else { break }
            }
        }
        throw failure
    }

    private func attempt(
        _ address: SocketAddress,
        _ endpoint: Endpoint,
        until deadline: ContinuousClock.Instant,
        on loop: EventLoop
    ) async throws(TransportError) -> any Transport {
        let result: Result<SocketTransport, TransportError> = await loop.withContinuation {
            continuation in
            loop.execute {
                ConnectAttempt(endpoint, loop) { continuation.resume(returning: $0) }
                    .begin(address, within: max(.zero, ContinuousClock.now.duration(to: deadline)))
            }
        }
        return try result.get()
    }
}

/// One non-blocking connect: waits for writability or the deadline, whichever is first.
private final class ConnectAttempt: PollTarget {
    let interest: Readiness = .writable
    var registration: UInt64 = 0
    private let endpoint: Endpoint
    private let loop: EventLoop
    private var finish: ((Result<SocketTransport, TransportError>) -> Void)?
    private var descriptor: Int32 = -1
    private var timer: LoopTimer?

    init(
        _ endpoint: Endpoint,
        _ loop: EventLoop,
        finish: @escaping (Result<SocketTransport, TransportError>) -> Void
    ) {
        self.endpoint = endpoint
        self.loop = loop
        self.finish = finish
    }

    func begin(_ address: SocketAddress, within timeout: Duration) {
        descriptor = cw_stream_socket(address.family)
        guard descriptor >= 0 else { return fail(.fromErrno("socket for \(endpoint)")) }
        guard address.connect(descriptor) == 0 || errno == EINPROGRESS else {
            // A Unix socket whose backlog is full says EAGAIN instead of waiting.
            return fail(.fromErrno("connect to \(endpoint)"))
        }
        do throws(TransportError) {
            try loop.register(self, for: descriptor)
        } catch {
            return fail(error)
        }
        timer = loop.schedule(after: timeout) { [self] in
            loop.deregister(self, descriptor: descriptor)
            fail(TransportError(.timedOut, "connect to \(endpoint): no answer in time"))
        }
    }

    func ready(_ readiness: Readiness) {
        timer?.cancel()
        loop.deregister(self, descriptor: descriptor)
        let error = cw_socket_error(descriptor)
        guard error == 0 else { return fail(.errno(error, "connect to \(endpoint)")) }
        if case .tcp = endpoint { SocketOptions.apply(to: descriptor) }
        settle(.success(SocketTransport(connected: descriptor, to: endpoint, on: loop)))
    }

    private func fail(_ error: TransportError) {
        if descriptor >= 0 { Glibc.close(descriptor) }
        settle(.failure(error))
    }

    private func settle(_ result: Result<SocketTransport, TransportError>) {
        finish?(result)
        finish = nil
    }
}

/// What every TCP connection of ours is set to.
private enum SocketOptions {
    private static let keepAliveIdleSeconds: Int32 = 10
    private static let keepAliveIntervalSeconds: Int32 = 3
    private static let keepAliveProbes: Int32 = 3
    /// Unacknowledged bytes for this long end the connection, whoever waits for what.
    private static let userTimeoutMilliseconds: Int32 = 15_000

    static func apply(to descriptor: Int32) {
        let tcp = Int32(IPPROTO_TCP)
        // Options only sharpen the detection of dead peers: a kernel that lacks one still works.
        _ = cw_set_option(descriptor, tcp, TCP_NODELAY, 1)
        _ = cw_set_option(descriptor, SOL_SOCKET, SO_KEEPALIVE, 1)
        _ = cw_set_option(descriptor, tcp, TCP_KEEPIDLE, keepAliveIdleSeconds)
        _ = cw_set_option(descriptor, tcp, TCP_KEEPINTVL, keepAliveIntervalSeconds)
        _ = cw_set_option(descriptor, tcp, TCP_KEEPCNT, keepAliveProbes)
        _ = cw_set_option(descriptor, tcp, TCP_USER_TIMEOUT, userTimeoutMilliseconds)
    }
}
