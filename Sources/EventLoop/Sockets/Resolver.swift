import CLinux
import Glibc

/// An address the kernel can connect to.
struct SocketAddress: Sendable {
    let family: Int32
    private let bytes: [UInt8]
    private let path: String?

    init(unixPath: String) {
        family = AF_UNIX
        bytes = []
        path = unixPath
    }

    fileprivate init?(_ info: addrinfo) {
        guard let address = unsafe info.ai_addr else { return nil }
        family = unsafe info.ai_family
        bytes = unsafe Array(
            UnsafeRawBufferPointer(start: address, count: Int(info.ai_addrlen))
        )
        path = nil
    }

    /// Starts the connect; the result and `errno` are those of `connect(2)`.
    func connect(_ descriptor: Int32) -> Int32 {
        if let path { return unsafe cw_connect_unix(descriptor, path) }
        return unsafe bytes.withUnsafeBytes { raw in
            guard let start = raw.baseAddress else { return -1 }
            return unsafe Glibc.connect(
                descriptor,
                start.assumingMemoryBound(to: sockaddr.self),
                socklen_t(raw.count)
            )
        }
    }
}

/// Host names to addresses, asked anew on every connect since a name may point elsewhere by then.
enum Resolver {
    static func addresses(
        of endpoint: Endpoint,
        on loop: EventLoop
    ) async throws(TransportError) -> [SocketAddress] {
        guard case .tcp(let host, let port) = endpoint else {
            guard case .unix(let path) = endpoint else { return [] }
            return [SocketAddress(unixPath: path)]
        }
        if let numeric = try? lookUp(host, port, flags: AI_NUMERICHOST) { return numeric }
        // getaddrinfo may block for many seconds: it gets a thread of its own.
        let result: Result<[SocketAddress], TransportError> = await loop.withContinuation {
            continuation in
            do throws(TransportError) {
                try LoopThread.start(name: "resolve") {
                    continuation.resume(
                        returning: Result { () throws(TransportError) in
                            try lookUp(host, port, flags: 0)
                        }
                    )
                }
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }

    private static func lookUp(
        _ host: String,
        _ port: UInt16,
        flags: Int32
    ) throws(TransportError) -> [SocketAddress] {
        var hints = unsafe addrinfo()
        unsafe hints.ai_socktype = Int32(SOCK_STREAM.rawValue)
        unsafe hints.ai_flags = flags | AI_NUMERICSERV
        var list: UnsafeMutablePointer<addrinfo>? = nil
        let code = unsafe getaddrinfo(host, String(port), &hints, &list)
        guard code == 0 else {
            let reason = unsafe String(cString: gai_strerror(code))
            throw TransportError(.unresolvable, "cannot resolve \(host): \(reason)")
        }
        defer { unsafe freeaddrinfo(list) }
        var addresses: [SocketAddress] = []
        var next = unsafe list
        while let info = unsafe next {
            if let address = unsafe SocketAddress(info.pointee) { addresses.append(address) }
            unsafe next = unsafe info.pointee.ai_next
        }
        return addresses
    }
}
