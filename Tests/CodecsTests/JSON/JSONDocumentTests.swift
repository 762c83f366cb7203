import Codecs
import Testing

@Suite("A JSON document")
struct JSONDocumentTests {
    private func read(_ text: String) throws -> JSONDocument {
        var reader = JSONReader()
        return try reader.read(Array(text.utf8))
    }

    @Test("gives back every value as it was written, byte for byte")
    func originalText() throws {
        let values = [
            "1.0", "-0", "100000000000000000000000000000000000001", "\"\\u0061\\/b\"",
            "{ \"x\" :\t[1,  2] }", "[ ]", "null",
        ]
        let document = try read("[ " + values.joined(separator: " ,\n") + " ]")
        let texts = document.elements(of: document.root)
            .map { String(decoding: document.text(of: $0), as: UTF8.self) }
        #expect(texts == values)
    }

    @Test("resolves every escape")
    func escapes() throws {
        let document = try read(#""\"\\\/\b\f\n\r\t\u0041\u00e9\u2603\ud83d\uDE00\u0000""#)
        #expect(document.string(document.root) == "\"\\/\u{8}\u{C}\n\r\tAé☃😀\u{0}")
        #expect(document.isEscaped(document.root))
        #expect(document.utf8(document.root) == Array("\"\\/\u{8}\u{C}\n\r\tAé☃😀\u{0}".utf8))
    }

    @Test("finds members by their content and says what kind they are")
    func members() throws {
        let document = try read(
            #"{"a":{"z":[]},"\u0062":[1,2,3],"c":1.5e1,"d":false,"e":null,"":""}"#
        )
        let root = document.root
        let b = try #require(document.member("b", of: root))
        #expect(document.kind(of: b) == .array)
        #expect(document.count(of: b) == 3)
        #expect(document.count(of: root) == 6)
        let c = try #require(document.member("c", of: root))
        #expect(document.number(c) == 15)
        #expect(document.string(c) == nil)
        let d = try #require(document.member("d", of: root))
        #expect(document.boolean(d) == false)
        #expect(document.member("z", of: root) == nil)
        #expect(document.member("z", of: c) == nil)
        let kinds = document.members(of: root).map { document.kind(of: $0.value) }
        #expect(kinds == [.object, .array, .number, .boolean, .null, .string])
    }

    @Test("tells whether a string is written as a literal")
    func literals() throws {
        let document = try read(#"["type","typo","type ","\u0074ype",1]"#)
        let found = document.elements(of: document.root).map { document.isString($0, "type") }
        #expect(found == [true, false, false, false, false])
    }

    @Test("stays as it is when the reader reads on")
    func outlivesNextRead() throws {
        var reader = JSONReader()
        let first = try reader.read(Array("[1,[2]]".utf8))
        let second = try reader.read(Array("{\"a\":\"b\"}".utf8))
        #expect(Tree(first).rendered == "[1,[2]]")
        #expect(Tree(second).rendered == "{\"a\":\"b\"}")
    }

    @Test("holds numbers beyond every type as text and as the nearest double")
    func hugeNumbers() throws {
        let document = try read("[1e400,-1e400,1e-400,9007199254740993]")
        let numbers = document.elements(of: document.root).compactMap { document.number($0) }
        #expect(numbers == [.infinity, -.infinity, 0, 9_007_199_254_740_992])
    }
}
