/// The name of a host, or of all hosts below a domain: `api.example.org`, `*.example.org`.
public struct HostPattern: Sendable, Hashable, CustomStringConvertible {
    /// As it was written, in small letters.
    public let description: String

    /// A pattern from its text; nil when that is no name, no address and no `*.` before a name.
    public init?(_ text: String) {
        let lower = HostPattern.plain(text)
        let name = lower.hasPrefix("*.") ? lower.dropFirst(2) : lower[...]
        let isName = name.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"),
                UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                true
            default: false
            }
        }
        let isAddress = IPAddress(String(name)) != nil
        guard isName || (isAddress && !lower.hasPrefix("*")), !name.isEmpty,
            !name.hasPrefix("."), !name.contains("..")
        else { return nil }
        description = lower
    }

    /// Whether a host is meant; the domain itself is not one of the hosts below it.
    public func matches(_ host: String) -> Bool {
        let host = HostPattern.plain(host)
        guard description.hasPrefix("*.") else { return host == description }
        let suffix = description.dropFirst()
        return host.count > suffix.count && host.hasSuffix(suffix)
    }

    /// In small letters, without the dot at the end that means the same, and without brackets.
    static func plain(_ host: String) -> String {
        var name = host.lowercased()
        if name.hasSuffix(".") { name.removeLast() }
        if name.hasPrefix("["), name.hasSuffix("]") { name = String(name.dropFirst().dropLast()) }
        return name
    }
}
