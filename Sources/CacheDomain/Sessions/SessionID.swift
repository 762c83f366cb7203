/// The identity of a session: a UUID in its canonical form, RFC 9562.
public struct SessionID: Sendable, Hashable, CustomStringConvertible {
    /// 36 characters, in lower case.
    public let description: String

    /// The identity that the text names; nil when it is no UUID.
    public init?(_ text: String) {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        let isUUID =
            groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && groups.allSatisfy { $0.allSatisfy { $0.isASCII && $0.isHexDigit } }
        guard isUUID else { return nil }
        description = text.lowercased()
    }

    /// An identity that nothing else has: a UUID of random bits (version 4).
    public static func random() -> SessionID {
        let high = UInt64.random(in: .min ... .max) & ~0xF000 | 0x4000
        let low = UInt64.random(in: .min ... .max) & ~(0xC << 60) | 0x8 << 60
        let digits = [high, low]
            .map { number in
                let digits = String(number, radix: 16)
                return String(repeating: "0", count: 16 - digits.count) + digits
            }
            .joined()
        return SessionID(trusted: grouped(digits))
    }

    private init(trusted text: String) { description = text }

    private static func grouped(_ digits: String) -> String {
        var rest = digits[...]
        return [8, 4, 4, 4, 12]
            .map { length in
                defer { rest = rest.dropFirst(length) }
                return String(rest.prefix(length))
            }
            .joined(separator: "-")
    }
}
