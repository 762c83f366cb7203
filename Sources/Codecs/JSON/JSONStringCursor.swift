/// Walks over the content of a string that the parser has accepted, byte by byte, escapes resolved.
///
/// It needs no buffer, so two escaped keys can be compared without an allocation.
struct JSONStringCursor {
    private var position: Int
    private let end: Int
    /// Bytes of a resolved escape that have not been handed out yet, the next one lowest.
    private var pending: UInt32 = 0
    private var pendingCount = 0

    init(_ content: Range<Int>) {
        position = content.lowerBound
        end = content.upperBound
    }

    mutating func next(_ text: Span<UInt8>) -> UInt8? {
        if pendingCount > 0 {
            pendingCount -= 1
            pending >>= 8
            return UInt8(truncatingIfNeeded: pending)
        }
        guard position < end else { return nil }
        let byte = text[position]
        position += 1
        return byte == ASCII.backslash ? resolve(text) : byte
    }

    /// The first byte of the escape whose backslash has just been read.
    private mutating func resolve(_ text: Span<UInt8>) -> UInt8 {
        let letter = text[position]
        position += 1
        switch letter {
        case 0x62: return 0x08  // b
        case 0x66: return 0x0C  // f
        case 0x6E: return ASCII.lineFeed
        case 0x72: return ASCII.carriageReturn
        case 0x74: return ASCII.tab
        case 0x75: return encode(scalar(text))
        default: return letter
        }
    }

    /// The scalar whose `\u` has just been read; the parser has made sure that pairs are whole.
    private mutating func scalar(_ text: Span<UInt8>) -> UInt32 {
        let high = codeUnit(text)
        guard 0xD800...0xDBFF ~= high else { return high }
        position += 2
        return 0x10000 + (high - 0xD800) << 10 + (codeUnit(text) - 0xDC00)
    }

    private mutating func codeUnit(_ text: Span<UInt8>) -> UInt32 {
        var unit: UInt32 = 0
        for _ in 0..<4 {
            unit = unit << 4 | (ASCII.hexValue(text[position]) ?? 0)
            position += 1
        }
        return unit
    }

    /// Returns the first byte of the scalar's UTF-8 and keeps the others.
    private mutating func encode(_ scalar: UInt32) -> UInt8 {
        func tail(_ shift: UInt32) -> UInt32 { 0x80 | (scalar >> shift) & 0x3F }
        switch scalar {
        case 0..<0x80:
            pending = scalar
            pendingCount = 0
        case 0x80..<0x800:
            pending = 0xC0 | scalar >> 6 | tail(0) << 8
            pendingCount = 1
        case 0x800..<0x10000:
            pending = 0xE0 | scalar >> 12 | tail(6) << 8 | tail(0) << 16
            pendingCount = 2
        default:
            pending = 0xF0 | scalar >> 18 | tail(12) << 8 | tail(6) << 16 | tail(0) << 24
            pendingCount = 3
        }
        return UInt8(truncatingIfNeeded: pending)
    }
}
