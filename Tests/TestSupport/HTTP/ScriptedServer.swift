import Foundation
import Glibc
import Synchronization

/// A server that does to each connection what its script says, byte for byte.
///
/// Scripts run side by side, each on a thread of its own.
public final class ScriptedServer: Sendable {
    /// How long a script waits for bytes of a client.
    private static let limit = Duration.seconds(60)

    /// Where it listens, on 127.0.0.1.
    public let port: UInt16
    private let listener: LoopbackSocket
    private let connections = Mutex(0)

    /// A connection in the hands of its script; it ends with the script.
    public final class Line: Sendable {
        /// Which connection of the server it is, from 1 on.
        public let number: Int
        /// The port of the server.
        public let localPort: UInt16
        private let socket: LoopbackSocket

        fileprivate init(_ socket: LoopbackSocket, _ number: Int, _ localPort: UInt16) {
            self.socket = socket
            self.number = number
            self.localPort = localPort
        }

        /// The head of the next request; nil when the client has gone.
        public func head() -> String? {
            var text = ""
            while !text.hasSuffix("\r\n\r\n") {
                guard let bytes = try? socket.receive(upTo: 1), !bytes.isEmpty else { return nil }
                text += String(decoding: bytes, as: UTF8.self)
            }
            return text
        }

        /// So many bytes behind the head; fewer when the client has gone.
        public func body(_ count: Int) -> [UInt8] {
            var body: [UInt8] = []
            while body.count < count {
                guard let bytes = try? socket.receive(upTo: count - body.count), !bytes.isEmpty
                else { break }
                body += bytes
            }
            return body
        }

        /// Sends a text; false when the client has gone.
        @discardableResult
        public func send(_ text: String) -> Bool {
            (try? socket.send(Array(text.utf8))) != nil
        }

        /// Sends a whole answer; false when the client has gone.
        @discardableResult
        public func answer(_ status: Int, _ body: String, headers: [String] = []) -> Bool {
            let lines =
                ["HTTP/1.1 \(status) Word", "Content-Length: \(body.utf8.count)"] + headers
                + ["", body]
            return send(lines.joined(separator: "\r\n"))
        }

        /// Waits until the client has gone.
        public func untilGone() {
            while let bytes = try? socket.receive(), !bytes.isEmpty {}
        }

        /// Lets the end of the connection be a reset.
        public func resetAtEnd() { socket.resetAtClose() }
    }

    /// A server that listens from now on.
    public init(_ script: @escaping @Sendable (Line) -> Void) throws {
        (listener, port) = try LoopbackSocket.listen()
        Thread.detachNewThread { [listener, weak self] in
            while true {
                let accepted = accept(listener.descriptor, nil, nil)
                guard accepted >= 0, let self else { return }
                _ = fcntl(accepted, F_SETFD, FD_CLOEXEC)
                let socket = LoopbackSocket(owning: accepted)
                socket.setReceiveLimit(Self.limit)
                let number = self.connections.withLock { count in
                    count += 1
                    return count
                }
                Thread.detachNewThread { script(Line(socket, number, self.port)) }
            }
        }
    }

    deinit { stop() }

    /// How many connections there have been.
    public var connectionCount: Int { connections.withLock(\.self) }

    /// The address of a path.
    public func url(_ path: String = "/", scheme: String = "http") -> String {
        "\(scheme)://127.0.0.1:\(port)\(path)"
    }

    /// Listens no more; connections go on, and twice is fine.
    public func stop() { _ = shutdown(listener.descriptor, Int32(SHUT_RDWR)) }
}
