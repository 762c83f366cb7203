import EventLoop
import Telemetry

extension RedisConfiguration {
    /// Reads `redis://[[user]:password@]host[:port][/database]` or `unix://[:password@]/path?db=1`.
    ///
    /// No message repeats the text, since it may hold a password.
    public init(url: String) throws(RedisURLError) {
        guard let separator = url.firstRange(of: "://") else {
            throw RedisURLError(message: "a Redis address begins with redis:// or unix://")
        }
        var rest = url[separator.upperBound...]
        let scheme = url[..<separator.lowerBound].lowercased()
        switch scheme {
        case "redis", "unix": break
        case "rediss", "redis+sentinel", "redis+cluster":
            throw RedisURLError(
                message: "\(scheme):// is not supported yet; use redis:// or unix://"
            )
        default:
            throw RedisURLError(
                message: "\(scheme):// is no scheme of Redis; use redis:// or unix://"
            )
        }
        var user: String?
        var password: Secret?
        let authorityEnd = rest.firstIndex(of: "/") ?? rest.endIndex
        if let at = rest[..<authorityEnd].lastIndex(of: "@") {
            let (name, secret) = try Self.credentials(rest[..<at])
            (user, password) = (name, secret)
            rest = rest[rest.index(after: at)...]
        }
        if scheme == "unix" {
            let (path, database) = try Self.unixPath(rest)
            self.init(endpoint: .unix(path: path), user: user, password: password)
            self.database = database
        } else {
            let (endpoint, database) = try Self.tcpEndpoint(rest)
            self.init(endpoint: endpoint, user: user, password: password)
            self.database = database
        }
    }

    private static func credentials(
        _ text: Substring
    ) throws(RedisURLError) -> (String?, Secret?) {
        guard let colon = text.firstIndex(of: ":") else {
            return (try decoded(text), nil)
        }
        let user = try decoded(text[..<colon])
        return (user.isEmpty ? nil : user, Secret(try decoded(text[text.index(after: colon)...])))
    }

    private static func unixPath(_ text: Substring) throws(RedisURLError) -> (String, Int) {
        let parts = text.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        let path = try decoded(parts[0])
        guard path.hasPrefix("/") else {
            throw RedisURLError(message: "the path of a unix:// address is absolute: unix:///path")
        }
        guard parts.count == 2 else { return (path, 0) }
        guard parts[1].hasPrefix("db=") else {
            throw RedisURLError(message: "the only option of a unix:// address is db")
        }
        return (path, try database(parts[1].dropFirst("db=".count)))
    }

    private static func tcpEndpoint(_ text: Substring) throws(RedisURLError) -> (Endpoint, Int) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard !text.contains("?"), !text.contains("#") else {
            throw RedisURLError(message: "a redis:// address has no options after its database")
        }
        let database = parts.count == 2 && !parts[1].isEmpty ? try database(parts[1]) : 0
        let (host, port) = try hostAndPort(parts[0])
        let name = host.isEmpty ? "127.0.0.1" : try decoded(host)
        return (.tcp(host: name, port: port), database)
    }

    private static func hostAndPort(
        _ text: Substring
    ) throws(RedisURLError) -> (Substring, UInt16) {
        var host = text
        var portText: Substring?
        if text.hasPrefix("["), let bracket = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<bracket]
            let tail = text[text.index(after: bracket)...]
            guard tail.isEmpty || tail.hasPrefix(":") else {
                throw RedisURLError(
                    message: "after the ] of a Redis address only a port may follow"
                )
            }
            portText = tail.isEmpty ? nil : tail.dropFirst()
        } else if let colon = text.lastIndex(of: ":") {
            host = text[..<colon]
            portText = text[text.index(after: colon)...]
        }
        guard let portText else { return (host, defaultPort) }
        guard let port = UInt16(portText), port > 0 else {
            throw RedisURLError(message: "the port of a Redis address is a number up to 65535")
        }
        return (host, port)
    }

    private static let defaultPort: UInt16 = 6379

    private static func database(_ text: Substring) throws(RedisURLError) -> Int {
        guard let number = Int(text), number >= 0 else {
            throw RedisURLError(message: "the database of a Redis address is a number from 0")
        }
        return number
    }

    private static func decoded(_ text: Substring) throws(RedisURLError) -> String {
        guard let decoded = PercentEncoding.decode(text) else {
            throw RedisURLError(
                message: "a % in a Redis address needs two hexadecimal digits, and makes UTF-8"
            )
        }
        return decoded
    }
}
