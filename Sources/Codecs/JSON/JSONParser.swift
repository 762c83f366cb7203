/// Writes a JSON text down as a flat tape of entries, in one pass, without recursion.
///
/// The tape holds a container before what it holds, and a key right before its value. Open
/// containers are chained through their `next` field, so neither the call stack nor a second list
/// grows with the depth. Memory is at most one entry for every two bytes of text.
struct JSONParser: Sendable {
    /// What may come next.
    enum Expectation {
        /// A value: at the beginning, after a colon, after a comma in an array.
        case value
        /// A value or the end of the array that has just begun.
        case firstElement
        /// A key or the end of the object that has just begun.
        case firstKey
        /// A key, after a comma in an object.
        case key
        /// A comma or the end of the container.
        case separator
        /// Nothing but white space.
        case end
    }

    /// Tape capacity that is kept from one text to the next: 64 Ki entries are 1.3 MB.
    static let keptEntries = 65_536

    let maxDepth: Int
    private(set) var entries: [JSONTapeEntry] = []
    private(set) var expectation = Expectation.value
    /// The innermost open container, -1 outside of all.
    private(set) var container = -1
    private var depth = 0

    init(maxDepth: Int) {
        self.maxDepth = maxDepth
    }

    mutating func parse(_ text: Span<UInt8>) throws(JSONFault) {
        reset()
        if text.count > UInt32.max { throw JSONFault(.tooLarge, at: 0) }
        if JSONParser.hasByteOrderMark(text) { throw JSONFault(.byteOrderMark, at: 0) }
        var position = JSONScanner.whitespaceEnd(text, 0)
        if position == text.count { throw JSONFault(.empty, at: 0) }
        while expectation != .end {
            guard position < text.count else { throw JSONFault(.unexpectedEnd, at: position) }
            position = try step(text, position)
            position = JSONScanner.whitespaceEnd(text, position)
        }
        guard position == text.count else { throw JSONFault(.trailingText, at: position) }
    }

    private mutating func reset() {
        if entries.capacity > JSONParser.keptEntries {
            entries = []
        } else {
            entries.removeAll(keepingCapacity: true)
        }
        expectation = .value
        container = -1
        depth = 0
    }

    /// Reads one value, key with its colon, comma or closing bracket, and returns where it ends.
    @inline(__always)
    private mutating func step(_ text: Span<UInt8>, _ position: Int) throws(JSONFault) -> Int {
        let byte = text[position]
        switch expectation {
        case .separator:
            if byte == ASCII.comma {
                expectation = entries[container].kind == .object ? .key : .value
                return position + 1
            }
            return try close(text, position)
        case .firstElement where byte == ASCII.rightBracket,
            .firstKey where byte == ASCII.rightBrace:
            return try close(text, position)
        case .key, .firstKey:
            return try key(text, position)
        case .value, .firstElement, .end:
            return try value(text, position)
        }
    }

    private mutating func key(_ text: Span<UInt8>, _ start: Int) throws(JSONFault) -> Int {
        guard text[start] == ASCII.quote else { throw unexpected(text, start) }
        var isEscaped = false
        let end = try JSONScanner.stringEnd(text, start, isEscaped: &isEscaped)
        append(.string, start, end, isEscaped: isEscaped)
        let colon = JSONScanner.whitespaceEnd(text, end)
        guard colon < text.count else { throw JSONFault(.unexpectedEnd, at: colon) }
        guard text[colon] == ASCII.colon else { throw unexpected(text, colon) }
        expectation = .value
        return colon + 1
    }

    private mutating func value(_ text: Span<UInt8>, _ start: Int) throws(JSONFault) -> Int {
        var isEscaped = false
        let end: Int
        let kind: JSONKind
        switch text[start] {
        case ASCII.quote:
            end = try JSONScanner.stringEnd(text, start, isEscaped: &isEscaped)
            kind = .string
        case ASCII.leftBrace:
            return try open(.object, start)
        case ASCII.leftBracket:
            return try open(.array, start)
        case ASCII.minus, ASCII.zero...ASCII.nine:
            end = try JSONScanner.numberEnd(text, start)
            kind = .number
        case 0x74:  // t
            end = try JSONScanner.literalEnd(text, start, "true")
            kind = .boolean
        case 0x66:  // f
            end = try JSONScanner.literalEnd(text, start, "false")
            kind = .boolean
        case 0x6E:  // n
            end = try JSONScanner.literalEnd(text, start, "null")
            kind = .null
        default:
            throw unexpected(text, start)
        }
        countValue()
        append(kind, start, end, isEscaped: isEscaped)
        expectation = container < 0 ? .end : .separator
        return end
    }

    private mutating func open(_ kind: JSONKind, _ start: Int) throws(JSONFault) -> Int {
        if depth == maxDepth { throw JSONFault(.tooDeep, at: start) }
        depth += 1
        countValue()
        entries.append(
            JSONTapeEntry(
                kind: kind,
                isEscaped: false,
                start: UInt32(truncatingIfNeeded: start),
                end: 0,
                next: UInt32(truncatingIfNeeded: container + 1),
                count: 0
            )
        )
        container = entries.count - 1
        expectation = kind == .object ? .firstKey : .firstElement
        return start + 1
    }

    private mutating func close(_ text: Span<UInt8>, _ position: Int) throws(JSONFault) -> Int {
        let closed = container
        let bracket =
            entries[closed].kind == .object ? ASCII.rightBrace : ASCII.rightBracket
        guard text[position] == bracket else { throw unexpected(text, position) }
        let outer = Int(entries[closed].next) - 1
        entries[closed].end = UInt32(truncatingIfNeeded: position + 1)
        entries[closed].next = UInt32(truncatingIfNeeded: entries.count)
        if bracket == ASCII.rightBrace,
            let key = JSONKeyCheck.duplicate(in: closed, entries, text)
        {
            // The path needs the chain of open containers as it was.
            entries[closed].next = UInt32(truncatingIfNeeded: outer + 1)
            throw JSONFault(.duplicateKey, at: Int(entries[key].start), key: key)
        }
        container = outer
        depth -= 1
        expectation = outer < 0 ? .end : .separator
        return position + 1
    }

    /// Keys are no values: an object counts its members.
    private mutating func countValue() {
        if container >= 0 { entries[container].count &+= 1 }
    }

    private mutating func append(_ kind: JSONKind, _ start: Int, _ end: Int, isEscaped: Bool) {
        entries.append(
            JSONTapeEntry(
                kind: kind,
                isEscaped: isEscaped,
                start: UInt32(truncatingIfNeeded: start),
                end: UInt32(truncatingIfNeeded: end),
                next: UInt32(truncatingIfNeeded: entries.count + 1),
                count: 0
            )
        )
    }

    /// A byte that cannot stand here: not even UTF-8, or just misplaced.
    private func unexpected(_ text: Span<UInt8>, _ position: Int) -> JSONFault {
        guard text[position] >= 0x80 else { return JSONFault(.unexpectedByte, at: position) }
        do throws(JSONFault) {
            _ = try JSONScanner.sequenceEnd(text, position)
            return JSONFault(.unexpectedByte, at: position)
        } catch {
            return error
        }
    }

    /// UTF-8's mark, or one of UTF-16 or UTF-32, which no UTF-8 text begins with.
    private static func hasByteOrderMark(_ text: Span<UInt8>) -> Bool {
        guard text.count >= 2 else { return false }
        switch (text[0], text[1]) {
        case (0xFE, 0xFF), (0xFF, 0xFE): return true
        case (0xEF, 0xBB): return text.count >= 3 && text[2] == 0xBF
        default: return false
        }
    }
}
