import Glibc

extension LoopbackSocket {
    /// How many connections may wait to be accepted.
    private static let backlog: Int32 = 512

    /// Listens on a free port of 127.0.0.1.
    static func listen() throws -> (socket: LoopbackSocket, port: UInt16) {
        let socket = try make(AF_INET)
        let status = unsafe withLoopbackAddress(port: 0) { address, size in
            unsafe bind(socket.descriptor, address, size)
        }
        guard status == 0, Glibc.listen(socket.descriptor, backlog) == 0 else {
            throw SocketFailure(call: "listen", code: errno)
        }
        var address = sockaddr_in()
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let named = unsafe withUnsafeMutablePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe getsockname(socket.descriptor, generic, &size)
            }
        }
        guard named == 0 else { throw SocketFailure(call: "getsockname", code: errno) }
        return (socket, UInt16(bigEndian: address.sin_port))
    }

    /// The next connection; nil when none waits.
    func acceptNow() -> LoopbackSocket? {
        var state = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        guard unsafe poll(&state, 1, 0) == 1 else { return nil }
        let accepted = accept(descriptor, nil, nil)
        guard accepted >= 0 else { return nil }
        _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
        return LoopbackSocket(owning: accepted)
    }

    /// What one read gave without waiting.
    enum Arrival {
        case bytes([UInt8])
        case nothing
        case end
        case failure
    }

    /// What has arrived.
    func receiveNow(upTo limit: Int) -> Arrival {
        var buffer = [UInt8](repeating: 0, count: limit)
        let count = unsafe buffer.withUnsafeMutableBytes { space in
            unsafe recv(descriptor, space.baseAddress, space.count, Int32(MSG_DONTWAIT))
        }
        if count > 0 { return .bytes(Array(buffer.prefix(count))) }
        if count == 0 { return .end }
        return errno == EAGAIN || errno == EINTR ? .nothing : .failure
    }

    /// How many bytes the system took without waiting; nil when the connection is gone.
    func sendNow(_ bytes: ArraySlice<UInt8>) -> Int? {
        let count = unsafe bytes.withUnsafeBytes { part in
            unsafe Glibc.send(
                descriptor,
                part.baseAddress,
                part.count,
                Int32(MSG_NOSIGNAL) | Int32(MSG_DONTWAIT)
            )
        }
        if count >= 0 { return count }
        return errno == EAGAIN || errno == EINTR ? 0 : nil
    }

    /// Sends each write as a packet of its own.
    func sendWithoutDelay() {
        var yes: Int32 = 1
        let size = socklen_t(MemoryLayout<Int32>.size)
        _ = unsafe setsockopt(descriptor, Int32(IPPROTO_TCP), TCP_NODELAY, &yes, size)
    }

    /// Lets the close that comes next be a reset.
    func resetAtClose() {
        var reset = linger(l_onoff: 1, l_linger: 0)
        let size = socklen_t(MemoryLayout<linger>.size)
        _ = unsafe setsockopt(descriptor, SOL_SOCKET, SO_LINGER, &reset, size)
    }

    /// Ends the sending side.
    func endSending() { _ = shutdown(descriptor, Int32(SHUT_WR)) }
}
