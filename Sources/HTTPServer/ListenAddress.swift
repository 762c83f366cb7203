/// Where a server listens: an IP address in digits and a port.
public struct ListenAddress: Sendable, Hashable, CustomStringConvertible {
    /// The address, an IPv6 one without its brackets.
    public let host: String
    /// The port; 0 lets the system choose.
    public let port: UInt16

    /// An address from `127.0.0.1:9464`, `[::1]:9464` or `localhost:9464`; nil when it is none.
    public init?(_ text: String) {
        guard let colon = text.lastIndex(of: ":"),
            let port = UInt16(text[text.index(after: colon)...]),
            text[text.index(after: colon)...].utf8.allSatisfy(Self.isDigit)
        else { return nil }
        let host = text[..<colon]
        self.port = port
        if host == "localhost" {
            self.host = "127.0.0.1"
        } else if host.hasPrefix("["), host.hasSuffix("]"), Self.isIPv6(host.dropFirst().dropLast())
        {
            self.host = String(host.dropFirst().dropLast())
        } else if Self.isIPv4(host) {
            self.host = String(host)
        } else {
            return nil
        }
    }

    /// A port of this machine for itself.
    public init(loopbackPort port: UInt16) {
        host = "127.0.0.1"
        self.port = port
    }

    /// Whether only this machine can connect.
    ///
    /// Other spellings of `::1` count as open to others: the error is on the safe side.
    public var isLoopback: Bool { host == "::1" || host.hasPrefix("127.") }

    /// As it is written in configurations.
    public var description: String { host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)" }

    private static func isIPv4(_ text: Substring) -> Bool {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        return parts.count == 4
            && parts.allSatisfy { part in
                // No leading zero: some read it as octal.
                part.utf8.allSatisfy(isDigit) && UInt8(part).map { "\($0)" == part } ?? false
            }
    }

    /// Whether it looks like one; whether it is one the system says when it is used.
    private static func isIPv6(_ text: Substring) -> Bool {
        text.contains(":") && text.allSatisfy { $0.isHexDigit && $0.isASCII || ":.".contains($0) }
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}
