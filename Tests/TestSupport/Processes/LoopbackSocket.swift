import Foundation
import Glibc

/// A plain blocking socket on this machine, closed with its last reference.
///
/// The tests look at the service through it, so that no code under test is in the way.
final class LoopbackSocket: Sendable {
    let descriptor: Int32

    init(owning descriptor: Int32) { self.descriptor = descriptor }

    deinit { close(descriptor) }

    /// Two ends of one line; neither is inherited by a child unless handed to it.
    static func pair() throws -> (LoopbackSocket, LoopbackSocket) {
        var ends: [Int32] = [-1, -1]
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        guard unsafe socketpair(AF_UNIX, type, 0, &ends) == 0 else {
            throw SocketFailure(call: "socketpair", code: errno)
        }
        return (LoopbackSocket(owning: ends[0]), LoopbackSocket(owning: ends[1]))
    }

    /// Connects to a port of 127.0.0.1.
    static func connect(port: UInt16) throws -> LoopbackSocket {
        let socket = try make(AF_INET)
        let status = unsafe withLoopbackAddress(port: port) { address, size in
            unsafe Glibc.connect(socket.descriptor, address, size)
        }
        guard status == 0 else { throw SocketFailure(call: "connect \(port)", code: errno) }
        return socket
    }

    /// Whether a port of 127.0.0.1 could be bound now by a server.
    static func isFree(port: UInt16) -> Bool {
        guard let socket = try? make(AF_INET) else { return false }
        var yes: Int32 = 1
        _ = unsafe setsockopt(
            socket.descriptor,
            SOL_SOCKET,
            SO_REUSEADDR,
            &yes,
            socklen_t(MemoryLayout<Int32>.size)
        )
        return unsafe withLoopbackAddress(port: port) { address, size in
            unsafe bind(socket.descriptor, address, size)
        } == 0
    }

    /// Makes `receive` fail after this time without a byte.
    func setReceiveLimit(_ limit: Duration) {
        let (seconds, attoseconds) = limit.components
        var time = timeval(
            tv_sec: Int(seconds),
            tv_usec: Int(attoseconds / 1_000_000_000_000)
        )
        _ = unsafe setsockopt(
            descriptor,
            SOL_SOCKET,
            SO_RCVTIMEO,
            &time,
            socklen_t(MemoryLayout<timeval>.size)
        )
    }

    /// Writes all bytes, without a SIGPIPE when nobody reads them.
    func send(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = unsafe rest.withUnsafeBytes { part in
                unsafe Glibc.send(
                    descriptor,
                    part.baseAddress,
                    part.count,
                    Int32(MSG_NOSIGNAL)
                )
            }
            if count < 0 && errno == EINTR { continue }
            guard count > 0 else { throw SocketFailure(call: "send", code: errno) }
            rest = rest.dropFirst(count)
        }
    }

    /// The bytes that have arrived, waiting for the first; empty at the end of the stream.
    func receive(upTo limit: Int = 65_536) throws -> [UInt8] {
        while true {
            var buffer = [UInt8](repeating: 0, count: limit)
            let count = unsafe buffer.withUnsafeMutableBytes { space in
                unsafe recv(descriptor, space.baseAddress, space.count, 0)
            }
            if count < 0 && errno == EINTR { continue }
            guard count >= 0 else { throw SocketFailure(call: "recv", code: errno) }
            return Array(buffer.prefix(count))
        }
    }

    static func make(_ family: Int32) throws -> LoopbackSocket {
        let type = Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue)
        let descriptor = socket(family, type, 0)
        guard descriptor >= 0 else { throw SocketFailure(call: "socket", code: errno) }
        return LoopbackSocket(owning: descriptor)
    }

    static func withLoopbackAddress(
        port: UInt16,
        _ body: (UnsafePointer<sockaddr>, socklen_t) -> Int32
    ) -> Int32 {
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = port.bigEndian
        address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
        let size = socklen_t(MemoryLayout<sockaddr_in>.size)
        return unsafe withUnsafePointer(to: &address) { pointer in
            unsafe pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
                unsafe body(generic, size)
            }
        }
    }
}

/// A socket call of the tests failed.
public struct SocketFailure: Error, CustomStringConvertible {
    /// The call, with the port where there is one.
    public let call: String
    /// The `errno` it left.
    public let code: Int32

    /// The call and the system's words for the error.
    public var description: String {
        "\(call): \(String(describing: POSIXErrorCode(rawValue: code)))"
    }
}
