import Testing

@testable import Codecs

@Suite("Reading YAML")
struct YAMLReaderTests {
    private func read(_ text: String) throws(YAMLError) -> YAMLNode? {
        try YAMLReader(maxBytes: 1_000, maxDepth: 4).read(Array(text.utf8))
    }

    @Test("keeps texts, lists and mappings in order, each with its line")
    func structure() throws {
        let root = try #require(try read("# head\na: 1\nb:\n  - x\n  - 'y'\nc: {d: \"e\\n\"}\n"))
        let items = [scalar("x", 4), scalar("y", 5, isPlain: false)]
        let inner = [YAMLEntry(key: "d", line: 6, value: scalar("e\n", 6, isPlain: false))]
        #expect(
            root.content
                == .mapping([
                    YAMLEntry(key: "a", line: 2, value: scalar("1", 2)),
                    YAMLEntry(
                        key: "b",
                        line: 3,
                        value: YAMLNode(line: 4, content: .sequence(items))
                    ),
                    YAMLEntry(
                        key: "c",
                        line: 6,
                        value: YAMLNode(line: 6, content: .mapping(inner))
                    ),
                ])
        )
    }

    private func scalar(_ text: String, _ line: Int, isPlain: Bool = true) -> YAMLNode {
        YAMLNode(line: line, content: .scalar(text, isPlain: isPlain))
    }

    @Test(
        "finds no document in nothing and in comments",
        arguments: ["", "\n\n", "# a\n", "\u{FEFF}"]
    )
    func nothing(text: String) throws {
        #expect(try read(text) == nil)
    }

    @Test("knows what stands for nothing, and that quotes make it a text")
    func null() throws {
        for text in ["a:", "a: ~", "a: null"] {
            #expect(try value(text).isNull)
        }
        for text in ["a: ''", "a: 'null'", "a: 0", "a: []", "a: nothing"] {
            #expect(try !value(text).isNull)
        }
    }

    private func value(_ text: String) throws -> YAMLNode {
        guard case .mapping(let entries)? = try read(text)?.content else {
            throw YAMLError(code: .syntax, line: 0, message: text)
        }
        return try #require(entries.first).value
    }

    @Test(
        "refuses what a person should not write, with its line",
        arguments: [
            ("a: 1\nb: *c", YAMLError.Code.alias, 2),
            ("a: &b 1", .anchor, 1),
            ("a:\n  &b\n  c: 1", .anchor, 2),
            ("a: 1\nb: &c [1]", .anchor, 2),
            ("a: !!int 1", .tag, 1),
            ("a: !foo {b: 1}", .tag, 1),
            ("a: 1\nb: 2\na: 3", .duplicateKey, 3),
            ("x:\n  a: 1\n  a: 1", .duplicateKey, 3),
            ("{a: 1, \"a\": 2}", .duplicateKey, 1),
            ("? [a]\n: 1", .complexKey, 1),
            ("a: 1\n---\nb: 2", .secondDocument, 2),
            ("[[[[[1]]]]]", .depth, 1),
            ("a: 1\n\tb: 2", .syntax, 2),
            ("a: [1, 2", .syntax, 2),
            ("a: 'b", .syntax, 1),
            ("a: 1\n b: 2", .syntax, 2),
            ("a: 1\nb: \u{1}", .characters, 2),
        ]
    )
    func refusals(text: String, code: YAMLError.Code, line: Int) {
        let error = #expect(throws: YAMLError.self) { try read(text) }
        #expect(error?.code == code)
        #expect(error?.line == line, "\(String(describing: error))")
        #expect(error?.message.isEmpty == false)
    }

    @Test("takes a document of the most bytes and levels, and none with one more")
    func bounds() throws {
        #expect(try read("[[[[1]]]]") != nil)
        #expect(try read("a: " + String(repeating: "b", count: 997)) != nil)
        let error = #expect(throws: YAMLError.self) {
            try read("a: " + String(repeating: "b", count: 998))
        }
        #expect(error?.code == .size)
    }

    @Test("refuses bytes that are not UTF-8")
    func encoding() {
        let bytes = Array("a: 1\nb: ".utf8) + [0xFF, 0xC0]
        let error = #expect(throws: YAMLError.self) { try YAMLReader().read(bytes) }
        #expect(error?.code == .characters)
        #expect(error?.line == 2)
    }

    @Test("answers garbage with a document or an error in one of its lines")
    func garbage() {
        var random = SystemRandomNumberGenerator()
        let alphabet = Array("ab:- \n\t[]{},&*!|>'\"#%@?~.\u{1}\0é".utf8)
        for _ in 0..<3_000 {
            let bytes = (0..<Int.random(in: 0...60, using: &random))
                .map { _ in alphabet.randomElement(using: &random) ?? 0 }
            let lines = bytes.count { $0 == UInt8(ascii: "\n") } + 2
            do {
                _ = try YAMLReader().read(bytes)
            } catch {
                #expect((1...lines).contains(error.line), "\(bytes): \(error)")
                if case .unknown(let code) = error.code { Issue.record("code \(code): \(bytes)") }
            }
        }
    }
}
