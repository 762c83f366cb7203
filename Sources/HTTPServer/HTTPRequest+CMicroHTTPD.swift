import CMicroHTTPD

extension HTTPRequest {
    /// The head that a connection has received.
    @safe init(_ method: String, _ path: String, over connection: OpaquePointer) {
        self.init(
            method,
            path,
            query: Self.query(of: connection),
            headers: (
                authorization: Self.header("Authorization", of: connection),
                origin: Self.header("Origin", of: connection)
            ),
            bodyLength: Self.bodyLength(of: connection)
        )
    }

    @safe private static func bodyLength(of connection: OpaquePointer) -> BodyLength {
        if header("Transfer-Encoding", of: connection) != nil { return .unknown }
        guard let text = header("Content-Length", of: connection) else { return .none }
        guard let length = Int(text), length >= 0 else { return .unknown }
        return length == 0 ? .none : .bytes(length)
    }

    @safe private static func header(_ name: String, of connection: OpaquePointer) -> String? {
        let value = unsafe cw_http_header(connection, name)
        guard let value = unsafe value else { return nil }
        return unsafe String(cString: value)
    }

    /// A name without a value has an empty one.
    @safe private static func query(of connection: OpaquePointer) -> [String: String] {
        var query: [String: String] = [:]
        unsafe withUnsafeMutablePointer(to: &query) { pointer in
            unsafe cw_http_query(
                connection,
                { context, _, name, value in
                    let query = unsafe context?.assumingMemoryBound(to: [String: String].self)
                    guard let query = unsafe query, let name = unsafe name else {
                        return cw_http_no
                    }
                    let text = unsafe value.map { unsafe String(cString: $0) }
                    unsafe query.pointee[String(cString: name)] = text ?? ""
                    return cw_http_yes
                },
                pointer
            )
        }
        return query
    }
}
