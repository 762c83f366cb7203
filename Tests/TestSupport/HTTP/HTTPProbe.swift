/// A look at an HTTP server from outside: raw requests over a blocking socket.
public final class HTTPProbe: Sendable {
    /// What a server answered.
    public struct Answer: Sendable, Equatable {
        /// The status code.
        public let status: Int
        /// The headers, their names in lower case.
        public let headers: [String: String]
        /// The body as text.
        public let body: String
    }

    /// How long an answer may take.
    private static let limit = Duration.seconds(60)

    private let socket: LoopbackSocket

    /// Connects to a port of 127.0.0.1.
    public init(port: UInt16) throws {
        socket = try LoopbackSocket.connect(port: port)
        socket.setReceiveLimit(Self.limit)
    }

    /// Asks once, on a connection of its own.
    public static func get(
        _ path: String,
        port: UInt16,
        headers: [String] = []
    ) throws -> Answer {
        try HTTPProbe(port: port).ask("GET \(path)", headers: headers)
    }

    /// Sends a request with the given method and path, and reads the answer.
    public func ask(
        _ request: String,
        headers: [String] = [],
        body: String = ""
    ) throws -> Answer {
        let lines = ["\(request) HTTP/1.1", "Host: localhost"] + headers + ["", body]
        try send(lines.joined(separator: "\r\n"))
        return try receive(withBody: !request.hasPrefix("HEAD "))
    }

    /// Sends bytes as they are.
    public func send(_ text: String) throws { try socket.send(Array(text.utf8)) }

    /// Whether the server has ended the connection, waiting for that up to the limit.
    public func isEnded() throws -> Bool { try socket.receive().isEmpty }

    /// Reads one answer to the end that it announces.
    public func receive(withBody: Bool = true) throws -> Answer {
        var bytes: [UInt8] = []
        while true {
            if let answer = HTTPProbe.answer(in: bytes, withBody: withBody) { return answer }
            let more = try socket.receive()
            guard !more.isEmpty else { throw EndedEarly() }
            bytes += more
        }
    }

    /// The connection ended before the answer did.
    public struct EndedEarly: Error {}

    private static func answer(in bytes: [UInt8], withBody: Bool) -> Answer? {
        let text = String(decoding: bytes, as: UTF8.self)
        guard let end = text.firstRange(of: "\r\n\r\n") else { return nil }
        let lines = text[..<end.lowerBound].split(separator: "\r\n")
        var headers: [String: String] = [:]
        for line in lines.dropFirst() {
            guard let colon = line.firstIndex(of: ":") else { continue }
            let value = line[line.index(after: colon)...].drop { $0 == " " }
            headers[line[..<colon].lowercased()] = String(value)
        }
        let body = text[end.upperBound...]
        let length = withBody ? headers["content-length"].flatMap(Int.init) ?? 0 : 0
        guard body.utf8.count >= length else { return nil }
        let words = lines.first?.split(separator: " ") ?? []
        return Answer(
            status: words.count > 1 ? Int(words[1]) ?? 0 : 0,
            headers: headers,
            body: String(body)
        )
    }
}
