internal import CCurl

/// An address of a machine, and what it is for.
public struct IPAddress: Sendable, Hashable, CustomStringConvertible {
    /// 4 bytes, or 16.
    let bytes: [UInt8]

    init?(_ bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// The address that a text writes in digits; what follows a percent sign is left out.
    public init?(_ text: String) {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = unsafe cw_curl_parse_address(text, &bytes)
        self.init(Array(bytes.prefix(Int(count))))
    }

    /// In digits, of the longer kind without shortening.
    public var description: String {
        if bytes.count == 4 { return bytes.map { "\($0)" }.joined(separator: ".") }
        return stride(from: 0, to: 16, by: 2)
            .map { String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16) }
            .joined(separator: ":")
    }

    /// Whether it begins with so many bits of a network's address.
    func isIn(_ network: [UInt8], _ bits: Int) -> Bool {
        let (whole, rest) = bits.quotientAndRemainder(dividingBy: 8)
        guard bytes.prefix(whole).elementsEqual(network.prefix(whole)) else { return false }
        guard rest > 0 else { return true }
        let mask = UInt8(truncatingIfNeeded: 0xFF00 >> rest)
        let theirs = whole < network.count ? network[whole] : 0
        return bytes[whole] & mask == theirs & mask
    }
}
