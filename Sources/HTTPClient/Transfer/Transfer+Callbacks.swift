internal import CCurl

extension Transfer {
    /// What libcurl calls on the thread of the engine, while the engine holds the transfer.
    static let callbacks = unsafe cw_curl_callbacks(
        body: { bytes, _, count, context in
            guard let transfer = unsafe Transfer.from(context), let bytes = unsafe bytes else {
                return 0
            }
            let limit = transfer.request.access.maxBodyBytes
            let piece = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
            return unsafe transfer.answer.takeBody(piece, atMost: limit) ? count : 0
        },
        header: { bytes, _, count, context in
            guard let transfer = unsafe Transfer.from(context), let bytes = unsafe bytes else {
                return 0
            }
            let line = unsafe UnsafeRawBufferPointer(start: bytes, count: count)
            return unsafe transfer.answer.takeHeader(line) ? count : 0
        },
        open: { context, _, address in
            guard let transfer = unsafe Transfer.from(context), let address = unsafe address else {
                return CURL_SOCKET_BAD
            }
            var bytes = [UInt8](repeating: 0, count: 16)
            let count = unsafe cw_curl_address(address, &bytes)
            let place = IPAddress(Array(bytes.prefix(Int(count))))
            guard transfer.answer.mayOpen(place, by: transfer.request.access) else {
                return CURL_SOCKET_BAD
            }
            return unsafe cw_curl_socket(address)
        },
        // A connection that is used again was made for another request, with rights of its own.
        before_request: { context, address, _, _, _ in
            guard let transfer = unsafe Transfer.from(context), let address = unsafe address else {
                return CURL_PREREQFUNC_ABORT
            }
            let place = unsafe IPAddress(String(cString: address))
            let isAllowed = transfer.answer.mayAsk(at: place, by: transfer.request.access)
            return isAllowed ? CURL_PREREQFUNC_OK : CURL_PREREQFUNC_ABORT
        }
    )

    private static func from(_ context: UnsafeMutableRawPointer?) -> Transfer? {
        unsafe context.map { unsafe Unmanaged<Transfer>.fromOpaque($0).takeUnretainedValue() }
    }
}
