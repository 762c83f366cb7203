/// Cuts the bytes of a probe's connection into replies.
struct RedisReplyReader: Sendable {
    let socket: LoopbackSocket
    private var unread: [UInt8] = []
    private var position = 0

    init(socket: LoopbackSocket) { self.socket = socket }

    /// The next reply, waiting for its bytes.
    mutating func next() throws -> RedisProbe.Reply {
        let line = try readLine()
        let text = String(decoding: line.dropFirst(), as: UTF8.self)
        switch line.first {
        case UInt8(ascii: "+"): return .status(text)
        case UInt8(ascii: "-"): return .error(text)
        case UInt8(ascii: ":"): return .integer(try number(text))
        case UInt8(ascii: "$"):
            let count = try number(text)
            return count < 0 ? .null : .bytes(try readBytes(count))
        case UInt8(ascii: "*"):
            let count = try number(text)
            return count < 0 ? .null : .array(try (0..<count).map { _ in try next() })
        default: throw RedisProbe.Unreadable(line: String(decoding: line, as: UTF8.self))
        }
    }

    private func number(_ text: String) throws -> Int {
        guard let number = Int(text) else { throw RedisProbe.Unreadable(line: text) }
        return number
    }

    private mutating func readLine() throws -> [UInt8] {
        var looked = 0
        while true {
            let rest = unread[(position + looked)...]
            if let end = rest.firstIndex(of: 13), end + 1 < unread.count {
                defer { position = end + 2 }
                return Array(unread[position..<end])
            }
            // The last byte may be the first half of the line's end.
            looked = max(0, unread.count - position - 1)
            try readMore()
        }
    }

    private mutating func readBytes(_ count: Int) throws -> [UInt8] {
        while unread.count - position < count + 2 { try readMore() }
        defer { position += count + 2 }
        return Array(unread[position..<position + count])
    }

    private mutating func readMore() throws {
        let bytes = try socket.receive()
        guard !bytes.isEmpty else { throw RedisProbe.Closed() }
        unread.removeFirst(position)
        position = 0
        unread += bytes
    }
}
