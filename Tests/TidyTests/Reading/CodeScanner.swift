/// Replaces comments and string literals by spaces, so that rules about code see code only.
///
/// Line breaks stay, so line numbers and columns are those of the file. Interpolated code counts
/// as part of its string. Regex literals are not known; the house does not use them.
struct CodeScanner {
    private let bytes: [UInt8]
    private var result: [UInt8]
    private var position = 0

    private init(_ text: String) {
        bytes = Array(text.utf8)
        result = bytes
    }

    /// The text with comments and string literals blanked.
    static func code(of text: String) -> String {
        var scanner = CodeScanner(text)
        while scanner.position < scanner.bytes.count { scanner.step() }
        return String(decoding: scanner.result, as: UTF8.self)
    }

    private mutating func step() {
        if next(is: "//") {
            while position < bytes.count && bytes[position] != UInt8(ascii: "\n") { blank() }
        } else if next(is: "/*") {
            blankBlockComment()
        } else if let literal = openingQuote() {
            blankString(quote: literal.quote, pounds: literal.pounds)
        } else {
            position += 1
        }
    }

    private mutating func blankBlockComment() {
        var depth = 0
        while position < bytes.count {
            if next(is: "/*") {
                depth += 1
                blank(2)
            } else if next(is: "*/") {
                depth -= 1
                blank(2)
                if depth == 0 { return }
            } else {
                blank()
            }
        }
    }

    /// A string that begins here: its quote and the number of `#` before it.
    private func openingQuote() -> (quote: String, pounds: Int)? {
        var end = position
        while end < bytes.count && bytes[end] == UInt8(ascii: "#") { end += 1 }
        guard end < bytes.count, bytes[end] == UInt8(ascii: "\"") else { return nil }
        return (has("\"\"\"", at: end) ? "\"\"\"" : "\"", end - position)
    }

    private mutating func blankString(quote: String, pounds: Int) {
        let close = quote + String(repeating: "#", count: pounds)
        let escape = "\\" + String(repeating: "#", count: pounds)
        blank(close.utf8.count)
        while position < bytes.count && !next(is: close) {
            if next(is: escape + "(") {
                blank(escape.utf8.count)
                blankInterpolation()
            } else if next(is: escape) {
                blank(escape.utf8.count + 1)
            } else {
                blank()
            }
        }
        blank(close.utf8.count)
    }

    private mutating func blankInterpolation() {
        var depth = 0
        while position < bytes.count {
            if let literal = openingQuote() {
                blankString(quote: literal.quote, pounds: literal.pounds)
                continue
            }
            if bytes[position] == UInt8(ascii: "(") { depth += 1 }
            if bytes[position] == UInt8(ascii: ")") { depth -= 1 }
            blank()
            if depth == 0 { return }
        }
    }

    private mutating func blank(_ count: Int = 1) {
        for _ in 0..<count where position < bytes.count {
            if bytes[position] != UInt8(ascii: "\n") { result[position] = UInt8(ascii: " ") }
            position += 1
        }
    }

    private func next(is text: String) -> Bool { has(text, at: position) }

    private func has(_ text: String, at start: Int) -> Bool {
        var index = start
        for byte in text.utf8 {
            guard index < bytes.count, bytes[index] == byte else { return false }
            index += 1
        }
        return true
    }
}
