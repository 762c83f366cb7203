/// Finds where strings, numbers and words end, and whether they are well formed.
///
/// Each function takes the offset of the first byte and returns the offset past the last one. No
/// function looks at a byte more than a fixed number of times.
enum JSONScanner {
    /// The end of white space that begins at `start`, or `start` where there is none.
    @inline(__always)
    static func whitespaceEnd(_ text: Span<UInt8>, _ start: Int) -> Int {
        var position = start
        while position < text.count {
            let byte = text[position]
            // One comparison decides for all that is not white space in a compact text.
            guard byte <= ASCII.space else { return position }
            switch byte {
            case ASCII.space, ASCII.lineFeed, ASCII.carriageReturn, ASCII.tab: position += 1
            default: return position
            }
        }
        return position
    }

    /// The end of the string whose quote stands at `start`; `isEscaped` says it holds a backslash.
    static func stringEnd(
        _ text: Span<UInt8>,
        _ start: Int,
        isEscaped: inout Bool
    ) throws(JSONFault) -> Int {
        var position = start + 1
        while position < text.count {
            let byte = text[position]
            if byte >= 0x80 {
                position = try sequenceEnd(text, position)
            } else if byte == ASCII.quote {
                return position + 1
            } else if byte == ASCII.backslash {
                isEscaped = true
                position = try escapeEnd(text, position)
            } else if byte < ASCII.space {
                throw JSONFault(.controlCharacter, at: position)
            } else {
                position += 1
            }
        }
        throw JSONFault(.unexpectedEnd, at: position)
    }

    /// The end of the number at `start`: an optional minus, an integer without leading zeros, an
    /// optional fraction and an optional exponent.
    static func numberEnd(_ text: Span<UInt8>, _ start: Int) throws(JSONFault) -> Int {
        var position = start
        if text[position] == ASCII.minus { position += 1 }
        if position < text.count, text[position] == ASCII.zero {
            position += 1
            guard position == text.count || !ASCII.isDigit(text[position]) else {
                throw JSONFault(.badNumber, at: position)
            }
        } else {
            position = try digitsEnd(text, position)
        }
        if position < text.count, text[position] == ASCII.period {
            position = try digitsEnd(text, position + 1)
        }
        // Bit 5 is all that differs between `E` and `e`.
        if position < text.count, text[position] | 0x20 == 0x65 {
            position += 1
            if position < text.count,
                text[position] == ASCII.plus || text[position] == ASCII.minus
            {
                position += 1
            }
            position = try digitsEnd(text, position)
        }
        return position
    }

    /// The end of `true`, `false` or `null`.
    static func literalEnd(
        _ text: Span<UInt8>,
        _ start: Int,
        _ literal: StaticString
    ) throws(JSONFault) -> Int {
        var position = start
        for byte in literal.description.utf8 {
            guard position < text.count else { throw JSONFault(.unexpectedEnd, at: position) }
            guard text[position] == byte else { throw JSONFault(.badLiteral, at: position) }
            position += 1
        }
        return position
    }

    /// The end of at least one digit.
    private static func digitsEnd(_ text: Span<UInt8>, _ start: Int) throws(JSONFault) -> Int {
        var position = start
        while position < text.count, ASCII.isDigit(text[position]) { position += 1 }
        guard position > start else {
            throw JSONFault(start < text.count ? .badNumber : .unexpectedEnd, at: start)
        }
        return position
    }

    /// The end of the escape whose backslash stands at `start`; a surrogate pair is one escape.
    private static func escapeEnd(_ text: Span<UInt8>, _ start: Int) throws(JSONFault) -> Int {
        let letter = start + 1
        guard letter < text.count else { throw JSONFault(.unexpectedEnd, at: letter) }
        switch text[letter] {
        case ASCII.quote, ASCII.backslash, ASCII.slash,
            0x62, 0x66, 0x6E, 0x72, 0x74:  // b f n r t
            return letter + 1
        case 0x75:  // u
            let unit = try codeUnit(text, start)
            guard 0xD800...0xDFFF ~= unit else { return start + 6 }
            guard unit < 0xDC00,
                start + 7 < text.count,
                text[start + 6] == ASCII.backslash, text[start + 7] == 0x75,
                case let low = try codeUnit(text, start + 6), 0xDC00...0xDFFF ~= low
            else { throw JSONFault(.loneSurrogate, at: start) }
            return start + 12
        default:
            throw JSONFault(.badEscape, at: start)
        }
    }

    /// The four hexadecimal digits of the `\u` escape that begins at `start`.
    private static func codeUnit(_ text: Span<UInt8>, _ start: Int) throws(JSONFault) -> UInt32 {
        var unit: UInt32 = 0
        for position in start + 2..<start + 6 {
            guard position < text.count else { throw JSONFault(.unexpectedEnd, at: position) }
            guard let digit = ASCII.hexValue(text[position]) else {
                throw JSONFault(.badEscape, at: start)
            }
            unit = unit << 4 | digit
        }
        return unit
    }

    /// The end of the UTF-8 sequence of two to four bytes that begins at `start` (RFC 3629).
    ///
    /// Overlong forms, surrogates and anything above U+10FFFF are no UTF-8.
    static func sequenceEnd(_ text: Span<UInt8>, _ start: Int) throws(JSONFault) -> Int {
        let length: Int
        // The first byte says how long the sequence is and what the second byte may be.
        let second: ClosedRange<UInt8>
        switch text[start] {
        case 0xC2...0xDF: (length, second) = (2, 0x80...0xBF)
        case 0xE0: (length, second) = (3, 0xA0...0xBF)
        case 0xED: (length, second) = (3, 0x80...0x9F)
        case 0xE1...0xEF: (length, second) = (3, 0x80...0xBF)
        case 0xF0: (length, second) = (4, 0x90...0xBF)
        case 0xF1...0xF3: (length, second) = (4, 0x80...0xBF)
        case 0xF4: (length, second) = (4, 0x80...0x8F)
        default: throw JSONFault(.notUTF8, at: start)
        }
        guard start + length <= text.count, second ~= text[start + 1],
            length < 3 || text[start + 2] & 0xC0 == 0x80,
            length < 4 || text[start + 3] & 0xC0 == 0x80
        else { throw JSONFault(.notUTF8, at: start) }
        return start + length
    }
}
