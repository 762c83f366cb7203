/// A Redis glob, prepared once and matched against many keys.
///
/// It means what `KEYS` and `SCAN MATCH` of Redis 7 mean by it, byte by byte: `*` any run, `?` any
/// byte, `[a-z]` and `[^a-z]` one byte of a class, and a backslash takes the next byte as it is.
/// The odd corners are kept too, because a key that Redis deletes must not stay in a process:
/// `]` right after `[` ends an empty class, a class without its end runs to the end of the pattern,
/// `[a-]` is the range from `a` to `]`, and range bounds compare as signed bytes (Redis on x86-64).
///
/// Redis tries every length for every star, which takes exponential time on `a*a*a*b`. Only the
/// last star ever needs another try: whatever an earlier one could swallow in addition, the last
/// one can swallow as well. So the time is at most the product of both lengths.
public struct GlobPattern: Sendable {
    private enum Token {
        case byte(UInt8)
        case any
        case run
        /// One of the bytes whose bit is set.
        case oneOf(SIMD4<UInt64>)
    }

    /// What every matching key begins with: the pattern up to its first special byte.
    public let literalPrefix: [UInt8]
    /// What stands behind the literal prefix.
    private let tokens: [Token]
    /// Whether the pattern is the literal prefix and one star.
    private let isPrefixPattern: Bool
    /// Redis does not let a star match an empty key, but for the pattern `*` alone.
    private let matchesEmpty: Bool

    /// Prepares a pattern; every sequence of bytes is one.
    public init(_ pattern: String) {
        self.init(Array(pattern.utf8))
    }

    /// Prepares a pattern; every sequence of bytes is one.
    public init(_ pattern: [UInt8]) {
        var tokens = GlobPattern.tokens(of: pattern)
        var prefix: [UInt8] = []
        for token in tokens {
            guard case .byte(let byte) = token else { break }
            prefix.append(byte)
        }
        tokens.removeFirst(prefix.count)
        literalPrefix = prefix
        self.tokens = tokens
        if tokens.count == 1, case .run = tokens[0] {
            isPrefixPattern = true
        } else {
            isPrefixPattern = false
        }
        matchesEmpty = pattern.isEmpty || pattern == [ASCII.asterisk]
    }

    /// Whether the pattern has no special byte, so that it matches one key only.
    public var isLiteral: Bool { tokens.isEmpty }

    /// A pattern that matches `literal` and nothing else; append `*` for all that begins with it.
    public static func escaping(_ literal: String) -> String {
        var pattern = String.UnicodeScalarView()
        for scalar in literal.unicodeScalars {
            if "*?[\\".unicodeScalars.contains(scalar) { pattern.append("\\") }
            pattern.append(scalar)
        }
        return String(pattern)
    }

    /// Whether the whole key matches.
    public func matches(_ key: String) -> Bool {
        matches(key.utf8.span)
    }

    /// Whether the whole key matches.
    public func matches(_ key: Span<UInt8>) -> Bool {
        if key.isEmpty { return matchesEmpty }
        guard key.count >= literalPrefix.count else { return false }
        for index in literalPrefix.indices where key[index] != literalPrefix[index] {
            return false
        }
        return isPrefixPattern || matchesTokens(key)
    }

    /// Matches what stands behind the literal prefix.
    private func matchesTokens(_ key: Span<UInt8>) -> Bool {
        var position = literalPrefix.count
        var index = 0
        // Where to go on when the tokens behind the last star fail: one byte further.
        var retry: (index: Int, position: Int)?
        while position < key.count {
            if index < tokens.count, case .run = tokens[index] {
                index += 1
                if index == tokens.count { return true }
                retry = (index, position)
            } else if index < tokens.count, GlobPattern.accepts(tokens[index], key[position]) {
                index += 1
                position += 1
            } else if let last = retry {
                index = last.index
                position = last.position + 1
                retry = (index, position)
            } else {
                return false
            }
        }
        while index < tokens.count, case .run = tokens[index] { index += 1 }
        return index == tokens.count
    }

    private static func accepts(_ token: Token, _ byte: UInt8) -> Bool {
        switch token {
        case .byte(let literal): literal == byte
        case .any: true
        case .oneOf(let set): set[Int(byte >> 6)] & (1 << UInt64(byte & 63)) != 0
        case .run: false
        }
    }

    private static func tokens(of pattern: [UInt8]) -> [Token] {
        var tokens: [Token] = []
        var rest = pattern[...]
        while let byte = rest.popFirst() {
            switch byte {
            case ASCII.asterisk:
                if case .run? = tokens.last { continue }
                tokens.append(.run)
            case ASCII.question:
                tokens.append(.any)
            case ASCII.leftBracket:
                tokens.append(.oneOf(byteClass(&rest)))
            case ASCII.backslash:
                tokens.append(.byte(rest.popFirst() ?? byte))
            default:
                tokens.append(.byte(byte))
            }
        }
        return tokens
    }

    /// Reads a class from behind its bracket, as Redis does.
    private static func byteClass(_ rest: inout ArraySlice<UInt8>) -> SIMD4<UInt64> {
        var set = SIMD4<UInt64>.zero
        func insert(_ byte: UInt8) { set[Int(byte >> 6)] |= 1 << UInt64(byte & 63) }
        let isInverted = rest.first == ASCII.caret
        if isInverted { rest.removeFirst() }
        while let byte = rest.popFirst(), byte != ASCII.rightBracket {
            if byte == ASCII.backslash, let escaped = rest.popFirst() {
                insert(escaped)
            } else if rest.first == ASCII.minus, let bound = rest.dropFirst().first {
                rest.removeFirst(2)
                let bounds = [Int8(bitPattern: byte), Int8(bitPattern: bound)].sorted()
                for value in bounds[0]...bounds[1] { insert(UInt8(bitPattern: value)) }
            } else {
                insert(byte)
            }
        }
        return isInverted ? ~set : set
    }
}
