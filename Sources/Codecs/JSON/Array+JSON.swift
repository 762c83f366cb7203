/// The pieces of a JSON text, appended to a byte buffer.
///
/// The caller puts brackets, commas and colons; what stands between them comes out right.
extension Array where Element == UInt8 {
    /// Appends `string` as a JSON string in quotes.
    ///
    /// Quotes, backslashes and control characters become escapes, everything else stays as it is.
    public mutating func appendJSONString(_ string: String) {
        append(ASCII.quote)
        let content = string.utf8
        if content.allSatisfy({ !needsEscape($0) }) {
            append(contentsOf: content)
        } else {
            for byte in content { appendEscaped(byte) }
        }
        append(ASCII.quote)
    }

    /// Appends `strings` as a JSON array.
    public mutating func appendJSONArray(_ strings: [String]) {
        append(ASCII.leftBracket)
        for (index, string) in strings.enumerated() {
            if index > 0 { append(ASCII.comma) }
            appendJSONString(string)
        }
        append(ASCII.rightBracket)
    }

    private mutating func appendEscaped(_ byte: UInt8) {
        guard needsEscape(byte) else { return append(byte) }
        append(ASCII.backslash)
        switch byte {
        case ASCII.quote, ASCII.backslash: append(byte)
        case ASCII.lineFeed: append(0x6E)
        case ASCII.carriageReturn: append(0x72)
        case ASCII.tab: append(0x74)
        default:
            append(contentsOf: "u00".utf8)
            append(contentsOf: (byte < 16 ? "0" : "").utf8)
            append(contentsOf: String(byte, radix: 16).utf8)
        }
    }
}

private func needsEscape(_ byte: UInt8) -> Bool {
    byte < ASCII.space || byte == ASCII.quote || byte == ASCII.backslash
}
