import EventLoop
import Telemetry

extension AMQPConfiguration {
    private static let defaultPort: UInt16 = 5_672
    private static let heartbeatRange = 0...3_600

    /// Reads `amqp://user:password@host:port/vhost?heartbeat=10&connection_timeout=3000`.
    ///
    /// Each part may be percent-encoded (the virtual host `/` is `%2f`, or nothing at all).
    /// Errors never repeat the URL, since it holds the password.
    public init(url: String) throws(AMQPError) {
        guard let schemeEnd = url.firstRange(of: "://") else {
            throw Self.error("has no scheme: it begins with amqp://")
        }
        let scheme = url[..<schemeEnd.lowerBound].lowercased()
        guard scheme == "amqp" else {
            throw Self.error(
                scheme == "amqps"
                    ? "asks for amqps, which is not supported yet: use amqp on a private network"
                    : "has a scheme other than amqp"
            )
        }
        let (beforeQuery, query) = Self.cut(url[schemeEnd.upperBound...], at: "?")
        let (authority, path) = Self.cut(beforeQuery, at: "/")
        let (login, host) = Self.cutLast(authority, at: "@")
        self.init(endpoint: try Self.endpoint(host))
        if let login {
            let (user, password) = Self.cut(login, at: ":")
            self.user = try Self.decode(user)
            if let password { self.password = Secret(try Self.decode(password)) }
        }
        if let path, !path.isEmpty { virtualHost = try Self.decode(path) }
        for item in (query ?? "").split(separator: "&") {
            let (name, value) = Self.cut(item, at: "=")
            try set(name, to: try Self.decode(value ?? ""))
        }
    }

    private mutating func set(_ name: Substring, to value: String) throws(AMQPError) {
        switch name {
        case "heartbeat":
            guard let seconds = Int(value), Self.heartbeatRange.contains(seconds) else {
                throw Self.error("has a heartbeat that is not a number of seconds")
            }
            heartbeat = .seconds(seconds)
        case "connection_timeout":
            guard let milliseconds = Int(value), milliseconds > 0 else {
                throw Self.error("has a connection_timeout that is not a number of milliseconds")
            }
            connectTimeout = .milliseconds(milliseconds)
        case "name":
            connectionName = value
        default:
            throw Self.error("has the unknown parameter \(name)")
        }
    }

    private static func endpoint(_ text: Substring) throws(AMQPError) -> Endpoint {
        var host = text
        var port: Substring?
        if text.first == "[" {
            let (address, rest) = cut(text.dropFirst(), at: "]")
            host = address
            port = rest.flatMap { $0.first == ":" ? $0.dropFirst() : nil }
        } else {
            (host, port) = cut(text, at: ":")
        }
        let name = try decode(host)
        guard let port, !port.isEmpty else {
            return .tcp(host: name.isEmpty ? "localhost" : name, port: defaultPort)
        }
        guard let number = UInt16(port), number > 0 else {
            throw error("has a port that is not a number from 1 to 65535")
        }
        return .tcp(host: name.isEmpty ? "localhost" : name, port: number)
    }

    private static func cut(
        _ text: Substring,
        at separator: Character
    ) -> (Substring, Substring?) {
        guard let index = text.firstIndex(of: separator) else { return (text, nil) }
        return (text[..<index], text[text.index(after: index)...])
    }

    private static func cutLast(
        _ text: Substring,
        at separator: Character
    ) -> (Substring?, Substring) {
        guard let index = text.lastIndex(of: separator) else { return (nil, text) }
        return (text[..<index], text[text.index(after: index)...])
    }

    private static func decode(_ text: Substring) throws(AMQPError) -> String {
        guard let decoded = PercentEncoding.decode(text) else {
            throw error("has a % that is not followed by two hexadecimal digits, or is not UTF-8")
        }
        return decoded
    }

    private static func error(_ what: String) -> AMQPError {
        AMQPError(.configuration, "the AMQP URL \(what)")
    }
}
