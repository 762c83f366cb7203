import CMicroHTTPD
import Synchronization

/// What libmicrohttpd calls for each request; lives as long as the daemon that knows it.
final class HTTPService: Sendable {
    private let router: HTTPRouter
    /// Suspended requests on their way to the task that answers them.
    let deferred: AsyncStream<HTTPExchange>
    private let handOver: AsyncStream<HTTPExchange>.Continuation
    /// All suspended requests; nil when no more are taken.
    private let waiting = Mutex<[ObjectIdentifier: HTTPExchange]?>([:])

    init(_ router: HTTPRouter) {
        self.router = router
        // There are never more of them than connections.
        (deferred, handOver) = AsyncStream.makeStream()
    }

    /// Called first when the head is complete, then with each piece of a body, and last when all
    /// has been received; once more when a suspended request has been answered.
    ///
    /// A request that is refused for its head is answered at the first call if it has a body: that
    /// ends the connection, and the body is not read. All others are answered at the last call,
    /// and the connection serves the next one.
    static let access: MHD_AccessHandlerCallback = {
        context,
        connection,
        path,
        method,
        _,
        data,
        size,
        mark in
        guard let context = unsafe context, let connection = unsafe connection,
            let path = unsafe path, let method = unsafe method, let mark = unsafe mark,
            let size = unsafe size
        else { return cw_http_no }
        let service = unsafe Unmanaged<HTTPService>.fromOpaque(context).takeUnretainedValue()
        if let held = unsafe mark.pointee {
            let exchange = unsafe Unmanaged<HTTPExchange>.fromOpaque(held).takeUnretainedValue()
            guard let data = unsafe data, unsafe size.pointee > 0 else {
                return service.proceed(exchange, over: connection)
            }
            unsafe exchange.append(UnsafeRawBufferPointer(start: data, count: size.pointee))
            unsafe size.pointee = 0
            return cw_http_yes
        }
        let request = unsafe HTTPRequest(
            String(cString: method),
            String(cString: path),
            over: connection
        )
        return unsafe service.begin(request, over: connection, &mark.pointee)
    }

    /// Called when a request is over, answered or not.
    static let completed: MHD_RequestCompletedCallback = { _, _, mark, _ in
        guard let mark = unsafe mark, let held = unsafe mark.pointee else { return }
        unsafe Unmanaged<HTTPExchange>.fromOpaque(held).release()
    }

    /// Answers all that is suspended, and takes no more of it.
    func close() {
        handOver.finish()
        let left = waiting.withLock { waiting in
            defer { waiting = nil }
            return waiting ?? [:]
        }
        for exchange in left.values { exchange.refuse(Self.ending) }
    }

    /// Lets a suspended request be answered.
    func answer(_ exchange: HTTPExchange, within limit: Duration) async {
        await exchange.handle(within: limit)
        waiting.withLock { _ = $0?.removeValue(forKey: ObjectIdentifier(exchange)) }
    }

    private static let ending = HTTPProblem(503, "unavailable", "the process ends; ask another")

    @safe private func begin(
        _ request: HTTPRequest,
        over connection: OpaquePointer,
        _ mark: inout UnsafeMutableRawPointer?
    ) -> MHD_Result {
        var request = request
        let route: HTTPRoute
        do throws(HTTPProblem) {
            (route, request.parameters) = try router.route(request)
        } catch {
            let response = error.response(at: request.path)
            guard request.bodyLength == .none else { return Self.send(response, over: connection) }
            route = HTTPRoute(request.method, "") { _ in response }
        }
        let exchange = unsafe HTTPExchange(request, to: route, over: connection)
        unsafe mark = Unmanaged.passRetained(exchange).toOpaque()
        return cw_http_yes
    }

    @safe private func proceed(
        _ exchange: HTTPExchange,
        over connection: OpaquePointer
    ) -> MHD_Result {
        switch exchange.proceed() {
        case .send(let response): return Self.send(response, over: connection)
        case .wait: return cw_http_yes
        case .handOver:
            unsafe MHD_suspend_connection(connection)
            let isTaken = waiting.withLock { waiting in
                waiting?[ObjectIdentifier(exchange)] = exchange
                return waiting != nil
            }
            if isTaken { handOver.yield(exchange) } else { exchange.refuse(Self.ending) }
            return cw_http_yes
        }
    }

    @safe private static func send(
        _ response: HTTPResponse,
        over connection: OpaquePointer
    ) -> MHD_Result {
        let made = unsafe response.body.withUnsafeBytes { bytes in
            unsafe cw_http_response(bytes.baseAddress, bytes.count)
        }
        guard let made = unsafe made else { return cw_http_no }
        defer { unsafe MHD_destroy_response(made) }
        let standard = [
            HTTPResponse.Header(name: "Content-Type", value: response.contentType),
            HTTPResponse.Header(name: "Cache-Control", value: "no-store"),
        ]
        for header in standard + response.headers {
            _ = unsafe MHD_add_response_header(made, header.name, header.value)
        }
        return unsafe MHD_queue_response(connection, UInt32(response.status), made)
    }
}
