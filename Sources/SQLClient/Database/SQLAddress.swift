/// Where a database is: `sqlite:PATH`, `sqlite::memory:`, or `postgres://user@host/name`.
public struct SQLAddress: Sendable, Hashable {
    /// What the address names.
    enum Kind: Sendable, Hashable {
        case sqlite(path: String)
        case postgres(address: String)
    }

    let kind: Kind

    /// What was wrong with the text of an address.
    public struct Fault: Error, Sendable, Equatable, CustomStringConvertible {
        /// What is wrong and what is right.
        public let description: String
    }

    /// Reads an address.
    public init(_ text: String) throws(Fault) {
        guard let colon = text.firstIndex(of: ":") else { throw Self.unknown }
        let rest = text[text.index(after: colon)...]
        switch text[..<colon] {
        case "sqlite":
            var path = rest
            if path.hasPrefix("//") {
                path = path.dropFirst(2)
                guard path.hasPrefix("/") else {
                    throw Fault(
                        description: "names a host; write sqlite:///absolute/path or sqlite:path"
                    )
                }
            }
            guard !path.isEmpty else { throw Fault(description: "names no file") }
            kind = .sqlite(path: String(path))
        case "postgres", "postgresql":
            guard rest.hasPrefix("//") else {
                throw Fault(description: "is not of the form postgres://user@host/name")
            }
            kind = .postgres(address: text)
        default: throw Self.unknown
        }
    }

    private static let unknown = Fault(
        description: "must be sqlite:PATH, sqlite::memory: or postgres://user@host/name"
    )

    /// A database that ends with its only connection.
    var isInMemory: Bool { kind == .sqlite(path: ":memory:") }

    /// Connects; blocks until it is done.
    func connect(
        password: String?,
        statementTimeout: Duration
    ) throws(SQLError) -> any SQLConnection {
        switch kind {
        case .sqlite(let path): try SQLiteConnection(path: path)
        case .postgres(let address):
            try PostgresConnection(
                address: address,
                password: password,
                statementTimeout: statementTimeout
            )
        }
    }
}
