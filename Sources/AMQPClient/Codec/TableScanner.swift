/// Walks a field table without recursion, before rabbitmq-c sees it.
///
/// The library decodes nested tables recursively and with no limit: 50 kB of nesting overflow a
/// small stack. What passes here is well-formed, and at most `maxDepth` deep.
enum TableScanner {
    static let maxDepth = 32

    private struct Level {
        let end: Int
        let isArray: Bool
    }

    /// Checks the table that begins at `start` and returns where it ends.
    @discardableResult
    static func check(_ bytes: Span<UInt8>, at start: Int) throws(AMQPError) -> Int {
        var position = start
        var levels: [Level] = []
        try enter(bytes, &position, limit: bytes.count, isArray: false, &levels)
        while let level = levels.last {
            if position == level.end {
                levels.removeLast()
                continue
            }
            if !level.isArray {
                let nameCount = Int(bytes[position])
                try advance(&position, by: 1 + nameCount, limit: level.end)
            }
            guard position < level.end else { throw truncated }
            let kind = bytes[position]
            position += 1
            switch kind {
            case UInt8(ascii: "F"), UInt8(ascii: "A"):
                let isArray = kind == UInt8(ascii: "A")
                try enter(bytes, &position, limit: level.end, isArray: isArray, &levels)
            case UInt8(ascii: "S"), UInt8(ascii: "x"):
                guard position + 4 <= level.end else { throw truncated }
                let count = Int(bytes.bigEndian32(at: position))
                try advance(&position, by: 4 + count, limit: level.end)
            default:
                try advance(&position, by: fixedSize(of: kind), limit: level.end)
            }
        }
        return position
    }

    private static func enter(
        _ bytes: Span<UInt8>,
        _ position: inout Int,
        limit: Int,
        isArray: Bool,
        _ levels: inout [Level]
    ) throws(AMQPError) {
        guard levels.count < maxDepth else {
            throw AMQPError(
                .protocolViolation,
                "a header table is nested deeper than \(maxDepth) levels"
            )
        }
        guard position + 4 <= limit else { throw truncated }
        let end = position + 4 + Int(bytes.bigEndian32(at: position))
        guard end <= limit else { throw truncated }
        position += 4
        levels.append(Level(end: end, isArray: isArray))
    }

    private static func advance(
        _ position: inout Int,
        by count: Int,
        limit: Int
    ) throws(AMQPError) {
        guard position + count <= limit else { throw truncated }
        position += count
    }

    private static func fixedSize(of kind: UInt8) throws(AMQPError) -> Int {
        switch kind {
        case UInt8(ascii: "V"): 0
        case UInt8(ascii: "t"), UInt8(ascii: "b"), UInt8(ascii: "B"): 1
        case UInt8(ascii: "s"), UInt8(ascii: "u"): 2
        case UInt8(ascii: "I"), UInt8(ascii: "i"), UInt8(ascii: "f"): 4
        case UInt8(ascii: "D"): 5
        case UInt8(ascii: "l"), UInt8(ascii: "L"), UInt8(ascii: "d"), UInt8(ascii: "T"): 8
        default:
            throw AMQPError(.protocolViolation, "a header table holds the unknown type \(kind)")
        }
    }

    private static var truncated: AMQPError {
        AMQPError(.protocolViolation, "a header table is longer than what holds it")
    }
}
