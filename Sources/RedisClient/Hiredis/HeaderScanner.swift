/// Follows the headers of a RESP2 stream and refuses what the reply reader must never be shown.
///
/// hiredis believes every announced length: an array of 2^31 elements or a string of 2^62 bytes
/// would make it wait for ever while memory grows. So each chunk passes here first. The scanner
/// keeps its place at any byte, copies nothing and skips the bodies of strings in one step.
struct HeaderScanner {
    /// What one reply may be at most.
    struct Limits {
        /// Redis's own limit of one string.
        var maxBulkBytes = 512 << 20
        /// Elements of all arrays of one reply together.
        var maxElements = 16 << 20
        /// A status, an error or an integer; Redis sends no longer line.
        var maxLineBytes = 64 << 10
    }

    private enum Place {
        case type
        case length
        case lengthEnd
        case line
        case lineEnd
        case body
        case bodyReturn
        case bodyNewline
    }

    /// Arrays within arrays; hiredis keeps a stack of nine.
    static let maxDepth = 8

    private let limits: Limits
    private var place = Place.type
    /// Digits of a length, bytes of a line or bytes of a body that are still to come.
    private var number = 0
    private var digits = 0
    private var isNegative = false
    private var isArray = false
    private var elements = 0
    private var depth = 0
    /// Elements still to come at each level; only the first `depth` count.
    private var pending = InlineArray<8, Int>(repeating: 0)

    init(limits: Limits = Limits()) { self.limits = limits }

    /// Whether the stream stands between two replies.
    var isBetweenReplies: Bool { depth == 0 && place == .type }

    /// Moves over `bytes`; throws at the first header that must not be obeyed.
    mutating func scan(_ bytes: borrowing Span<UInt8>) throws(RedisError) {
        var index = 0
        let count = bytes.count
        while index < count {
            switch place {
            case .type:
                if try takeWholeHeader(bytes, at: &index) { continue }
                try begin(bytes[index])
                index += 1
            case .body:
                let step = min(number, count - index)
                index += step
                number -= step
                if number == 0 { place = .bodyReturn }
            case .line:
                let start = index
                while index < count, bytes[index] != Byte.return { index += 1 }
                try countLine(index - start)
                if index < count { place = .lineEnd }
                index += 1
            default:
                try step(bytes[index])
                index += 1
            }
        }
    }

    /// The common case at once: the header of a string or an array that is not cut.
    ///
    /// Everything unusual is left to the way byte by byte, which gives the verdicts.
    private mutating func takeWholeHeader(
        _ bytes: borrowing Span<UInt8>,
        at index: inout Int
    ) throws(RedisError) -> Bool {
        let type = bytes[index]
        guard type == UInt8(ascii: "$") || type == UInt8(ascii: "*") else { return false }
        let last = min(index + Self.maxPlainDigits, bytes.count - Self.lineEndBytes)
        var end = index + 1
        var value = 0
        while end < last {
            let digit = bytes[end] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            value = value &* 10 &+ Int(digit)
            end += 1
        }
        guard end > index + 1, end < last, bytes[end] == Byte.return,
            bytes[end + 1] == Byte.newline
        else { return false }
        isArray = type == UInt8(ascii: "*")
        isNegative = false
        number = value
        try finishLength()
        index = end + Self.lineEndBytes
        return true
    }

    private static let lineEndBytes = 2
    /// A length of more digits, with its type before it, is read byte by byte.
    private static let maxPlainDigits = 8

    private mutating func step(_ byte: UInt8) throws(RedisError) {
        switch place {
        case .length:
            try takeLength(byte)
        case .lengthEnd:
            guard byte == Byte.newline else { throw violation("a length ends without a newline") }
            try finishLength()
        case .lineEnd:
            // A carriage return alone belongs to the line.
            if byte == Byte.newline {
                finishElement()
            } else {
                try countLine(1)
                place = byte == Byte.return ? .lineEnd : .line
            }
        case .bodyReturn:
            guard byte == Byte.return else { throw violation("a string is longer than announced") }
            place = .bodyNewline
        case .bodyNewline:
            guard byte == Byte.newline else { throw violation("a string is longer than announced") }
            finishElement()
        case .type, .line, .body:
            break
        }
    }

    private mutating func begin(_ byte: UInt8) throws(RedisError) {
        switch byte {
        case UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: ":"):
            place = .line
        case UInt8(ascii: "$"), UInt8(ascii: "*"):
            isArray = byte == UInt8(ascii: "*")
            isNegative = false
            digits = 0
            place = .length
        default:
            throw violation("byte \(byte) begins no RESP2 reply")
        }
        number = 0
    }

    private mutating func takeLength(_ byte: UInt8) throws(RedisError) {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"):
            digits += 1
            number = number * 10 + Int(byte - UInt8(ascii: "0"))
            let limit = isArray ? limits.maxElements : limits.maxBulkBytes
            guard number <= limit, digits <= 10 else {
                let what =
                    isArray
                    ? "an array of more than \(limit) elements"
                    : "a string of more than \(limit) bytes"
                throw violation("\(what) is announced")
            }
        case UInt8(ascii: "-") where digits == 0 && !isNegative:
            isNegative = true
        case Byte.return where digits > 0:
            place = .lengthEnd
        default:
            throw violation("byte \(byte) stands in a length")
        }
    }

    private mutating func finishLength() throws(RedisError) {
        if isNegative {
            guard number == 1 else { throw violation("a length is negative") }
            return finishElement()
        }
        guard isArray else {
            place = number == 0 ? .bodyReturn : .body
            return
        }
        guard depth < Self.maxDepth else {
            throw violation("arrays are nested deeper than \(Self.maxDepth)")
        }
        elements += number
        guard elements <= limits.maxElements else {
            throw violation("a reply has more than \(limits.maxElements) elements")
        }
        guard number > 0 else { return finishElement() }
        pending[depth] = number
        depth += 1
        place = .type
    }

    private mutating func finishElement() {
        place = .type
        while depth > 0 {
            pending[depth - 1] -= 1
            guard pending[depth - 1] == 0 else { return }
            depth -= 1
        }
        elements = 0
    }

    private mutating func countLine(_ bytes: Int) throws(RedisError) {
        number += bytes
        guard number <= limits.maxLineBytes else {
            throw violation("a line is longer than \(limits.maxLineBytes) bytes")
        }
    }

    private func violation(_ what: String) -> RedisError { .protocolViolation(what) }
}

private enum Byte {
    static let `return` = UInt8(ascii: "\r")
    static let newline = UInt8(ascii: "\n")
}
