import Codecs
import Testing

@Suite("A glob pattern")
struct GlobPatternTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let pattern: String
        let matching: [String]
        let others: [String]
        var testDescription: String { pattern }

        init(_ pattern: String, _ matching: [String], not others: [String]) {
            self.pattern = pattern
            self.matching = matching
            self.others = others
        }
    }

    /// Checked against `KEYS` of redis-server 7.0.15.
    static let cases = [
        Case("app:user:1", ["app:user:1"], not: ["app:user:12", "app:user:", "App:user:1"]),
        Case("app:*", ["app:", "app:a", "app:*"], not: ["app", "xapp:a"]),
        Case("*", ["a", "ab"], not: []),
        Case("**", ["a", "ab"], not: [""]),
        Case("*:1", [":1", "a:1", "a:1:1"], not: ["a:12", "1"]),
        Case("a*b*c", ["abc", "aXbYc", "abbcc", "abcabc"], not: ["ab", "abcd", "acb"]),
        Case("*a*", ["a", "bab", "aa"], not: ["b"]),
        Case("h?llo", ["hello", "hallo"], not: ["hllo", "heello"]),
        Case("?", ["a"], not: ["ab", "é"]),
        Case("??", ["ab", "é"], not: ["a"]),
        Case("h[ae]llo", ["hello", "hallo"], not: ["hillo", "h[ae]llo"]),
        Case("h[^e]llo", ["hallo", "h^llo"], not: ["hello"]),
        Case("h[a-c]llo", ["hallo", "hbllo", "hcllo"], not: ["hdllo", "h-llo"]),
        Case("h[c-a]llo", ["hallo", "hbllo"], not: ["hdllo"]),
        Case("[a-]", ["a", "]", "^"], not: ["-", "b"]),
        Case("[a-]]", ["a", "]", "^"], not: ["-", "b"]),
        Case("[]", [], not: ["]", "a", "[]"]),
        Case("[]a]", [], not: ["a", "]", "a]"]),
        Case("[^]", ["a", "]"], not: ["ab"]),
        Case("[", [], not: ["[", "a"]),
        Case("[abc", ["a", "c"], not: ["d", "[abc"]),
        Case("[a-", ["a", "-"], not: ["b"]),
        Case("[\\]]", ["]"], not: ["\\", "a"]),
        Case("[\\a-z]", ["a", "-", "z"], not: ["b", "\\"]),
        Case("[\\", ["\\"], not: ["a", "["]),
        Case("[a^]", ["a", "^"], not: ["b"]),
        Case("[-a]", ["-", "a"], not: ["b"]),
        Case("[*?]", ["*", "?"], not: ["a"]),
        Case("a\\*", ["a*"], not: ["ab", "a\\*"]),
        Case("a\\?b", ["a?b"], not: ["acb"]),
        Case("\\[a]", ["[a]"], not: ["a"]),
        Case("\\a", ["a"], not: ["\\a"]),
        Case("a\\", ["a\\"], not: ["a"]),
        Case("", [""], not: ["a"]),
        Case("é*", ["é", "éa"], not: ["e", "a"]),
        Case("*[0-9]", ["a1", "1"], not: ["1a"]),
        Case("a*?", ["ab", "abc"], not: ["a"]),
        Case("[é]", [], not: ["é", "e"]),
    ]

    @Test("matches what Redis matches", arguments: cases)
    func table(entry: Case) {
        let pattern = GlobPattern(entry.pattern)
        for key in entry.matching { #expect(pattern.matches(key), "\(key)") }
        for key in entry.others { #expect(!pattern.matches(key), "\(key)") }
    }

    @Test("matches bytes that are no UTF-8")
    func bytes() {
        let pattern = GlobPattern([0x61, 0x3F, 0x2A] as [UInt8])
        #expect(matches(pattern, [0x61, 0xFF]))
        #expect(matches(pattern, [0x61, 0x00, 0x80]))
        #expect(!matches(pattern, [0x61]))
    }

    @Test("compares range bounds as signed bytes, as Redis does on x86-64")
    func signedRanges() {
        // 0x80 is -128 and 0x20 is 32, so the range holds all bytes but 0x21 to 0x7F.
        let pattern = GlobPattern([0x5B, 0x80, 0x2D, 0x20, 0x5D] as [UInt8])
        #expect(matches(pattern, [0xFF]))
        #expect(matches(pattern, [0x00]))
        #expect(!matches(pattern, [0x21]))
        #expect(!matches(pattern, [0x7F]))
    }

    @Test("says what every matching key begins with")
    func literalPrefix() {
        #expect(GlobPattern("app:user:*").literalPrefix == Array("app:user:".utf8))
        #expect(GlobPattern("a\\*b?c").literalPrefix == Array("a*b".utf8))
        #expect(GlobPattern("*a").literalPrefix.isEmpty)
        #expect(GlobPattern("a\\*b").isLiteral)
        #expect(!GlobPattern("a*").isLiteral)
    }

    @Test(
        "made of a literal matches that literal only",
        arguments: ["app:1", "a*b", "[x]", "a\\b", "?", "^-]", "é☃", "\\", "a\\*"]
    )
    func escaping(literal: String) {
        let pattern = GlobPattern(GlobPattern.escaping(literal))
        #expect(pattern.isLiteral)
        #expect(pattern.matches(literal))
        #expect(!pattern.matches(literal + "x"))
        #expect(GlobPattern(GlobPattern.escaping(literal) + "*").matches(literal + ":1"))
    }

    @Test("with many stars takes no exponential time", .timeLimit(.minutes(1)))
    func manyStars() {
        let pattern = GlobPattern(String(repeating: "a*", count: 500) + "b")
        #expect(!pattern.matches(String(repeating: "a", count: 10_000)))
        #expect(pattern.matches(String(repeating: "a", count: 10_000) + "b"))
    }

    @Test("finds what a slow matcher by definition finds, on random patterns and keys")
    func agreesWithDefinition() {
        var random = RandomJSON(seed: 7)
        let letters = Array("aab*?".utf8)
        for _ in 0..<20_000 {
            let pattern = (0..<Int.random(in: 1...8, using: &random))
                .map { _ in letters.randomElement(using: &random) ?? 0x61 }
            let key = (0..<Int.random(in: 1...10, using: &random))
                .map { _ in UInt8.random(in: 0x61...0x62, using: &random) }
            let expected = matches(pattern[...], key[...])
            #expect(matches(GlobPattern(pattern), key) == expected, "\(pattern) \(key)")
        }
    }

    private func matches(_ pattern: GlobPattern, _ key: [UInt8]) -> Bool {
        pattern.matches(key.span)
    }

    /// The definition of `*` and `?`, by trying everything.
    private func matches(_ pattern: ArraySlice<UInt8>, _ key: ArraySlice<UInt8>) -> Bool {
        guard let first = pattern.first else { return key.isEmpty }
        let rest = pattern.dropFirst()
        if first == UInt8(ascii: "*") {
            return matches(rest, key) || (!key.isEmpty && matches(pattern, key.dropFirst()))
        }
        guard let byte = key.first else { return false }
        return (first == UInt8(ascii: "?") || first == byte) && matches(rest, key.dropFirst())
    }
}
