/// A header that is sent.
public struct HTTPHeader: Sendable, Hashable {
    /// Its name.
    public let name: String
    /// Its value.
    public let value: String

    /// Names that say how the message itself is sent, or who sends it.
    private static let reserved: Set = [
        "authorization", "connection", "content-length", "cookie", "expect", "host",
        "proxy-authorization", "te", "trailer", "transfer-encoding", "upgrade",
    ]

    /// A header from its parts.
    ///
    /// - Throws: `invalidRequest` when the name is none, belongs to the client itself or to
    ///   credentials, or when the value is no single line.
    public init(_ name: String, _ value: String) throws(HTTPClientError) {
        guard !name.isEmpty, name.utf8.allSatisfy(Self.isToken) else {
            throw HTTPClientError(.invalidRequest, "\"\(name)\" is no name of a header")
        }
        guard !Self.reserved.contains(name.lowercased()) else {
            throw HTTPClientError(
                .invalidRequest,
                "the header \(name) cannot be given; credentials come from a file of their own"
            )
        }
        guard value.utf8.allSatisfy({ $0 >= 32 && $0 != 127 }) else {
            throw HTTPClientError(
                .invalidRequest,
                "the value of the header \(name) has control characters"
            )
        }
        self.name = name
        self.value = value
    }

    /// As it is sent; one without a value has a sign of its own in libcurl.
    var line: String { value.isEmpty ? "\(name);" : "\(name): \(value)" }

    private static func isToken(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "!#$%&'*+-.^_`|~".utf8.contains(byte)
        }
    }
}
