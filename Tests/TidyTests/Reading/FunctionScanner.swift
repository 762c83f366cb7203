/// A function, initializer or subscript as it stands in a file.
struct FunctionOutline: Equatable {
    let name: String
    /// The line of its keyword, counted from one.
    let line: Int
    /// Lines from the keyword to the closing brace; one for a requirement without a body.
    let length: Int
    let parameters: Int
    /// Parameters without a default value.
    let requiredParameters: Int
}

/// Finds the functions of blanked code by their keywords and braces.
struct FunctionScanner {
    private let bytes: [UInt8]
    private var position = 0
    private var line = 1

    private init(_ code: String) { bytes = Array(code.utf8) }

    /// The functions in the order of their keywords, nested ones included.
    static func functions(in code: String) -> [FunctionOutline] {
        var scanner = FunctionScanner(code)
        var found: [FunctionOutline] = []
        while scanner.position < scanner.bytes.count {
            if let function = scanner.functionHere() { found.append(function) }
            scanner.advance()
        }
        return found
    }

    private mutating func functionHere() -> FunctionOutline? {
        guard position == 0 || !isWord(bytes[position - 1]) && bytes[position - 1] != dot else {
            return nil
        }
        let keyword = word(at: position)
        guard ["func", "init", "deinit", "subscript"].contains(keyword) else { return nil }
        // A copy looks ahead, so that functions inside the body are found as well.
        var ahead = self
        ahead.advance(keyword.utf8.count)
        return ahead.restOfFunction(keyword: keyword, from: line)
    }

    private mutating func restOfFunction(keyword: String, from start: Int) -> FunctionOutline? {
        var name = keyword
        if keyword == "func" {
            skipBlanks()
            name = nameHere()
        }
        var counts = (all: 0, required: 0)
        if keyword != "deinit" {
            if current == UInt8(ascii: "?") { advance() }
            if current == UInt8(ascii: "<") { skipGenerics() }
            guard current == UInt8(ascii: "(") else { return nil }
            counts = countParameters()
        }
        let hasBody = skipToBody()
        if hasBody { skipBraces() }
        return FunctionOutline(
            name: name,
            line: start,
            length: hasBody ? line - start + 1 : 1,
            parameters: counts.all,
            requiredParameters: counts.required
        )
    }

    /// Reads the list from `(` to after its `)`.
    private mutating func countParameters() -> (all: Int, required: Int) {
        var depth = 0
        var angles = 0
        var counts = (all: 0, required: 0)
        var isEmpty = true
        var hasDefault = false
        while let byte = current {
            switch byte {
            case UInt8(ascii: "("), UInt8(ascii: "["), UInt8(ascii: "{"): depth += 1
            case UInt8(ascii: ")"), UInt8(ascii: "]"), UInt8(ascii: "}"): depth -= 1
            case UInt8(ascii: "<"): angles += 1
            case UInt8(ascii: ">"): angles -= angles > 0 ? 1 : 0
            case UInt8(ascii: "-") where following == UInt8(ascii: ">"): advance()
            case UInt8(ascii: "=") where depth == 1: hasDefault = true
            case UInt8(ascii: " "), UInt8(ascii: "\n"): break
            default: isEmpty = false
            }
            let endsOne = byte == UInt8(ascii: ",") && depth == 1 && angles == 0
            if endsOne || depth == 0, !isEmpty {
                counts.all += 1
                counts.required += hasDefault ? 0 : 1
                hasDefault = false
                isEmpty = true
            }
            advance()
            if depth == 0 { break }
        }
        return counts
    }

    /// Moves to the `{` of the body; false when the declaration ends without one.
    private mutating func skipToBody() -> Bool {
        let continuations = ["async", "throws", "rethrows", "where", "->", "{"]
        var last = UInt8(ascii: " ")
        while let byte = current, byte != UInt8(ascii: "{") {
            if byte == UInt8(ascii: "}") { return false }
            if byte == UInt8(ascii: "\n") {
                skipBlanks()
                let isOpen = [UInt8(ascii: ","), UInt8(ascii: ">"), UInt8(ascii: ":")]
                    .contains(last)
                guard isOpen || continuations.contains(where: hasNext) else { return false }
                continue
            }
            if byte != UInt8(ascii: " ") { last = byte }
            advance()
        }
        return current != nil
    }

    private mutating func skipBraces() {
        var depth = 0
        while let byte = current {
            if byte == UInt8(ascii: "{") { depth += 1 }
            if byte == UInt8(ascii: "}") { depth -= 1 }
            if depth == 0 { return }
            advance()
        }
    }

    private mutating func skipGenerics() {
        var depth = 0
        while let byte = current {
            if byte == UInt8(ascii: "<") { depth += 1 }
            if byte == UInt8(ascii: ">") { depth -= 1 }
            advance()
            if depth == 0 { return }
        }
    }

    /// A function's name; an operator's is what stands before its list.
    private mutating func nameHere() -> String {
        let start = position
        while let byte = current, byte != UInt8(ascii: "("), byte != UInt8(ascii: " ") {
            if byte == UInt8(ascii: "<") && position > start && isWord(bytes[position - 1]) {
                break
            }
            advance()
        }
        defer { skipBlanks() }
        return String(decoding: bytes[start..<position], as: UTF8.self)
    }
}

extension FunctionScanner {
    private var current: UInt8? { position < bytes.count ? bytes[position] : nil }

    private var following: UInt8? { position + 1 < bytes.count ? bytes[position + 1] : nil }

    private var dot: UInt8 { UInt8(ascii: ".") }

    private mutating func advance(_ count: Int = 1) {
        for _ in 0..<count {
            if current == UInt8(ascii: "\n") { line += 1 }
            position += 1
        }
    }

    private mutating func skipBlanks() {
        while current == UInt8(ascii: " ") || current == UInt8(ascii: "\n") { advance() }
    }

    private func hasNext(_ text: String) -> Bool { bytes[position...].starts(with: text.utf8) }

    private func word(at start: Int) -> String {
        String(decoding: bytes[start...].prefix(while: isWord), as: UTF8.self)
    }

    private func isWord(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "`"):
            true
        default: byte >= 0x80
        }
    }
}
