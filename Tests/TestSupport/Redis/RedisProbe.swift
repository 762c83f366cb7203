import Synchronization

/// A look at Redis from outside: a blocking RESP2 connection that shares no code with ours.
///
/// Every call blocks its thread. Pub/sub messages are read with `receive`.
public final class RedisProbe: Sendable {
    private let socket: LoopbackSocket
    private let reader: Mutex<RedisReplyReader>

    /// Connects to a server on 127.0.0.1.
    ///
    /// - Parameters:
    ///   - port: Its port.
    ///   - password: Sent with AUTH when there is one.
    ///   - limit: How long one reply may take before `receive` throws.
    /// - Throws: `SocketFailure` when no one listens, `ErrorReply` when the password is wrong.
    public init(port: UInt16, password: String? = nil, limit: Duration = .seconds(60)) throws {
        socket = try LoopbackSocket.connect(port: port)
        socket.setReceiveLimit(limit)
        reader = Mutex(RedisReplyReader(socket: socket))
        if let password { try command("AUTH", password) }
    }

    /// Sends one command and returns its reply.
    ///
    /// - Throws: The reply as `RedisProbe.ErrorReply` when it is an error.
    @discardableResult
    public func command(_ words: String...) throws -> Reply { try command(words) }

    /// Sends one command and returns its reply, for arguments made by the test.
    @discardableResult
    public func command(_ words: [String]) throws -> Reply {
        try command(bytes: words.map { Array($0.utf8) })
    }

    /// Sends one command of any bytes and returns its reply.
    @discardableResult
    public func command(bytes words: [[UInt8]]) throws -> Reply {
        try send(words)
        return try receive()
    }

    /// Sends many commands in one write and returns their replies in order.
    ///
    /// Meant for setting up data: some 10,000 commands at a time, an error reply throws.
    @discardableResult
    public func pipeline(_ commands: [[String]]) throws -> [Reply] {
        var bytes: [UInt8] = []
        for words in commands { bytes += RedisProbe.encode(words.map { Array($0.utf8) }) }
        try socket.send(bytes)
        return try commands.map { _ in try receive() }
    }

    /// Sends a command without reading, as SUBSCRIBE wants it.
    public func send(_ words: [[UInt8]]) throws { try socket.send(RedisProbe.encode(words)) }

    /// Subscribes to channels; `receive` then returns what is published, as arrays.
    public func subscribe(_ channels: String...) throws {
        try send((["SUBSCRIBE"] + channels).map { Array($0.utf8) })
        for _ in channels { try receive() }
    }

    /// The next reply or message, waiting for it up to the limit of the connection.
    @discardableResult
    public func receive() throws -> Reply {
        let reply = try reader.withLock { try $0.next() }
        if case .error(let text) = reply { throw ErrorReply(text: text) }
        return reply
    }

    private static func encode(_ words: [[UInt8]]) -> [UInt8] {
        var bytes = Array("*\(words.count)\r\n".utf8)
        for word in words {
            bytes += Array("$\(word.count)\r\n".utf8) + word + [13, 10]
        }
        return bytes
    }
}
