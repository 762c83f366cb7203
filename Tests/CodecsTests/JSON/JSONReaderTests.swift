import Codecs
import Testing

@Suite("A strict JSON reader")
struct JSONReaderTests {
    @Test(
        "accepts every form that RFC 8259 allows, white space around it included",
        arguments: [
            "null", "true", "false", "0", "-0", "-1.5e+10", "1E-2", "1e5",
            "123456789012345678901234",
            "\"\"", "\"a\"", "\"\\u0000\"", "\"\\ud83d\\ude00\"", "\"\\\"\\\\\\/\\b\\f\\n\\r\\t\"",
            "\"é ☃ 😀 \u{10FFFF} \u{7F}\"", "[]", "{}", "[ 1 , 2 ]", "{\t\n\r\"a\" : [ { } ] }",
            "[[],[[]],{}]", "{\"\":0}", "{\"a\":1,\"A\":2,\"b\":{\"a\":1}}",
            "[{\"a\":1},{\"a\":1}]",
        ]
    )
    func accepts(text: String) throws {
        var reader = JSONReader()
        let document = try reader.read(Array("\r\n \t\(text)\n".utf8))
        #expect(document.text(of: document.root).elementsEqual(text.utf8))
    }

    struct Refusal: Sendable, CustomTestStringConvertible {
        let text: String
        let code: JSONError.Code
        let offset: Int
        let path: String
        var testDescription: String { "\(code): \(text.prefix(40))" }

        init(_ text: String, _ code: JSONError.Code, _ offset: Int, _ path: String = "$") {
            self.text = text
            self.code = code
            self.offset = offset
            self.path = path
        }
    }

    static let refusals = [
        Refusal("", .empty, 0), Refusal(" \n ", .empty, 0),
        Refusal("\u{FEFF}{}", .byteOrderMark, 0),
        Refusal("{", .unexpectedEnd, 1), Refusal("[1", .unexpectedEnd, 2),
        Refusal("[1,", .unexpectedEnd, 3, "$[1]"), Refusal("{\"a\"", .unexpectedEnd, 4),
        Refusal("{\"a\":", .unexpectedEnd, 5, "$.a"), Refusal("\"a", .unexpectedEnd, 2),
        Refusal("tru", .unexpectedEnd, 3), Refusal("-", .unexpectedEnd, 1),
        Refusal("1.", .unexpectedEnd, 2), Refusal("1e", .unexpectedEnd, 2),
        Refusal("\"\\", .unexpectedEnd, 2), Refusal("\"\\u12", .unexpectedEnd, 5),
        Refusal("nope", .badLiteral, 1), Refusal("[True]", .unexpectedByte, 1, "$[0]"),
        Refusal("[1,]", .unexpectedByte, 3, "$[1]"), Refusal("[,1]", .unexpectedByte, 1, "$[0]"),
        Refusal("{,}", .unexpectedByte, 1), Refusal("{\"a\":1,}", .unexpectedByte, 7),
        Refusal("{\"a\" 1}", .unexpectedByte, 5), Refusal("{a:1}", .unexpectedByte, 1),
        Refusal("{'a':1}", .unexpectedByte, 1), Refusal("{\"a\":1 \"b\":2}", .unexpectedByte, 7),
        Refusal("[1}", .unexpectedByte, 2), Refusal("{\"a\":1]", .unexpectedByte, 6),
        Refusal("[1 2]", .unexpectedByte, 3), Refusal("]", .unexpectedByte, 0),
        Refusal("/* */1", .unexpectedByte, 0), Refusal("NaN", .unexpectedByte, 0),
        Refusal("[é]", .unexpectedByte, 1, "$[0]"), Refusal("\u{A0}1", .unexpectedByte, 0),
        Refusal("01", .badNumber, 1), Refusal("-01", .badNumber, 2),
        Refusal("+1", .unexpectedByte, 0),
        Refusal("1.e1", .badNumber, 2), Refusal(".5", .unexpectedByte, 0),
        Refusal("[-]", .badNumber, 2, "$[0]"), Refusal("[1e+]", .badNumber, 4, "$[0]"),
        Refusal("0x10", .trailingText, 1), Refusal("-Infinity", .badNumber, 1),
        Refusal("\"\\x\"", .badEscape, 1), Refusal("\"\\u12G4\"", .badEscape, 1),
        Refusal("\"\\ud800\"", .loneSurrogate, 1), Refusal("\"\\udc00\"", .loneSurrogate, 1),
        Refusal("\"\\ud800\\u0041\"", .loneSurrogate, 1),
        Refusal("\"\\ud800x\"", .loneSurrogate, 1),
        Refusal("\"\\ud800\\ud800\"", .loneSurrogate, 1),
        Refusal("\"a\u{0}b\"", .controlCharacter, 2),
        Refusal("[\"\n\"]", .controlCharacter, 2, "$[0]"),
        Refusal("{}\u{0}", .trailingText, 2), Refusal("{} {}", .trailingText, 3),
        Refusal("1 2", .trailingText, 2), Refusal("null,", .trailingText, 4),
        Refusal("{\"a\":1,\"a\":2}", .duplicateKey, 7, "$.a"),
        Refusal("[0,{\"x\":{\"a\":1,\"\\u0061\":2}}]", .duplicateKey, 15, "$[1].x[\"\\u0061\"]"),
        Refusal("{\"data\":{\"keys\":[1,2,3,nul]}}", .badLiteral, 26, "$.data.keys[3]"),
        Refusal("{\"a b\":[[],{\"\":tru}]}", .badLiteral, 18, "$[\"a b\"][1][\"\"]"),
    ]

    @Test("refuses everything else and names rule, byte and path", arguments: refusals)
    func refuses(refusal: Refusal) {
        var reader = JSONReader()
        let error = #expect(throws: JSONError.self) {
            try reader.read(Array(refusal.text.utf8))
        }
        #expect(error?.code == refusal.code)
        #expect(error?.offset == refusal.offset)
        #expect(error?.path == refusal.path)
        #expect(error?.message.isEmpty == false)
    }

    @Test(
        "refuses bytes that are no UTF-8, wherever they stand",
        arguments: [
            [0x80], [0xBF], [0xC0, 0x80], [0xC1, 0xBF], [0xC2], [0xC2, 0x22], [0xE0, 0x80, 0x80],
            [0xE0, 0x9F, 0xBF], [0xED, 0xA0, 0x80], [0xED, 0xBF, 0xBF], [0xE2, 0x98],
            [0xF0, 0x80, 0x80, 0x80], [0xF0, 0x8F, 0xBF, 0xBF], [0xF4, 0x90, 0x80, 0x80],
            [0xF5, 0x80, 0x80, 0x80], [0xF0, 0x9F, 0x98], [0xFF], [0xF8, 0x88, 0x80, 0x80, 0x80],
        ] as [[UInt8]]
    )
    func refusesBadUTF8(bytes: [UInt8]) {
        var reader = JSONReader()
        let quote: [UInt8] = [0x22]
        for text in [quote + bytes + quote, [0x5B] + bytes, quote + bytes] {
            let error = #expect(throws: JSONError.self) { try reader.read(text) }
            #expect(error?.code == .notUTF8)
            #expect(error?.offset == 1)
        }
    }

    @Test("refuses byte order marks of UTF-16 as such", arguments: [[0xFE, 0xFF], [0xFF, 0xFE]])
    func refusesUTF16(mark: [UInt8]) {
        var reader = JSONReader()
        let error = #expect(throws: JSONError.self) { try reader.read(mark + [0x7B, 0x7D]) }
        #expect(error?.code == .byteOrderMark)
    }

    @Test("accepts nesting up to its limit and not one level more", arguments: [1, 2, 64])
    func limitsDepth(depth: Int) throws {
        var reader = JSONReader(maxDepth: depth)
        func nested(_ levels: Int, _ open: String, _ close: String) -> [UInt8] {
            let ends = String(repeating: close, count: levels)
            return Array((String(repeating: open, count: levels) + "0" + ends).utf8)
        }
        #expect(throws: Never.self) { try reader.read(nested(depth, "[", "]")) }
        #expect(throws: Never.self) { try reader.read(nested(depth, "{\"a\":", "}")) }
        let error = #expect(throws: JSONError.self) {
            try reader.read(nested(depth + 1, "[", "]"))
        }
        #expect(error?.code == .tooDeep)
        #expect(error?.offset == depth)
        #expect(error?.path == "$" + String(repeating: "[0]", count: depth))
    }

    @Test("shows no more than the beginning of a long key in a path")
    func cutsLongKeys() {
        var reader = JSONReader()
        let key = String(repeating: "k", count: 100_000)
        let error = #expect(throws: JSONError.self) {
            try reader.read(Array("{\"\(key)\":x}".utf8))
        }
        #expect(error?.path == "$[\"\(key.prefix(40))…\"]")
    }

    @Test("reads on after a refusal, and a slice from its own beginning")
    func readsAgain() throws {
        var reader = JSONReader()
        _ = try? reader.read(Array("[[[{\"a\":[".utf8))
        let bytes = Array("garbage[1,true]garbage".utf8)
        let document = try reader.read(bytes[7..<15])
        #expect(document.count(of: document.root) == 2)
        #expect(Array(document.text(of: document.root)) == Array("[1,true]".utf8))
        let error = #expect(throws: JSONError.self) { try reader.read(bytes[7..<14]) }
        #expect(error?.offset == 7)
    }
}
