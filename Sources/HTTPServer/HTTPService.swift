import CMicroHTTPD

/// What libmicrohttpd calls for each request; lives as long as the daemon that knows it.
final class HTTPService: Sendable {
    private let router: HTTPRouter

    init(_ router: HTTPRouter) { self.router = router }

    /// Called first when the head is complete and again when the body is.
    ///
    /// A request with a body is answered at the first call: that ends the connection, and the body
    /// is not read. Others are answered at the second, and the connection serves the next one.
    static let access: MHD_AccessHandlerCallback = {
        context,
        connection,
        path,
        method,
        _,
        _,
        _,
        mark in
        guard let context = unsafe context, let connection = unsafe connection,
            let path = unsafe path, let method = unsafe method, let mark = unsafe mark
        else { return cw_http_no }
        let isFirstCall = unsafe mark.pointee == nil
        let request = unsafe HTTPRequest(
            method: String(cString: method),
            path: String(cString: path),
            authorization: header("Authorization", of: connection),
            hasBody: hasBody(connection)
        )
        if isFirstCall, !request.hasBody {
            unsafe mark.pointee = context
            return cw_http_yes
        }
        let service = unsafe Unmanaged<HTTPService>.fromOpaque(context).takeUnretainedValue()
        return unsafe send(service.router.answer(request), over: connection)
    }

    @safe private static func hasBody(_ connection: OpaquePointer) -> Bool {
        if unsafe header("Transfer-Encoding", of: connection) != nil { return true }
        guard let length = unsafe header("Content-Length", of: connection) else { return false }
        return Int(length) != 0
    }

    private static func header(_ name: String, of connection: OpaquePointer) -> String? {
        let value = unsafe cw_http_header(connection, name)
        guard let value = unsafe value else { return nil }
        return unsafe String(cString: value)
    }

    private static func send(
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
