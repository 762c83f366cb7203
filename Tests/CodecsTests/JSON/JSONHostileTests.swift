import Codecs
import Testing

/// Inputs that make careless readers take quadratic time, unbounded memory or the whole stack.
///
/// No time is measured. Each text is so large that work growing faster than n log n would run into
/// the limit, by hours.
@Suite("On hostile input the reader ends soon", .timeLimit(.minutes(2)))
struct JSONHostileTests {
    @Test(
        "with 100,000 different keys in one object",
        arguments: ["", "shared-prefix-", "\\u0061"]
    )
    func manyKeys(prefix: String) throws {
        let members = (0..<100_000).map { "\"\(prefix)\($0)\":0" }
        var reader = JSONReader()
        let text = Array(("{" + members.joined(separator: ",") + "}").utf8)
        let document = try reader.read(text)
        #expect(document.count(of: document.root) == 100_000)
    }

    @Test(
        "with 100,000 keys of which two are equal as content",
        arguments: [("\"5\"", "$[\"\\u0035\"]"), ("\"x5\"", "$[\"\\u00785\"]")]
    )
    func duplicateAmongMany(key: String, path: String) throws {
        let numbers = (0..<100_000).map { "\"\($0)\":0" }
        let escaped = path.dropFirst(2).dropLast()
        let text = "{\(numbers.joined(separator: ",")),\"x5\":1,\(escaped):2}"
        var reader = JSONReader()
        let error = #expect(throws: JSONError.self) { try reader.read(Array(text.utf8)) }
        #expect(error?.code == .duplicateKey)
        #expect(error?.path == path)
    }

    @Test("with keys that begin with the same kilobyte")
    func longCommonPrefix() throws {
        let prefix = String(repeating: "p", count: 1_000)
        let members = (0..<2_000).map { "\"\(prefix)\($0)\":0" }
        var reader = JSONReader()
        let document = try reader.read(Array(("{" + members.joined(separator: ",") + "}").utf8))
        #expect(document.count(of: document.root) == 2_000)
    }

    @Test("nested 10,000 and a million deep", arguments: [10_000, 1_000_000])
    func deep(depth: Int) {
        for open in ["[", "{\"a\":"] {
            var reader = JSONReader()
            let text = Array(String(repeating: open, count: depth).utf8)
            let error = #expect(throws: JSONError.self) { try reader.read(text) }
            #expect(error?.code == .tooDeep)
        }
    }

    @Test("whose nesting limit is not the stack's")
    func deepWithinLimit() throws {
        let depth = 200_000
        var reader = JSONReader(maxDepth: depth)
        let text = String(repeating: "[", count: depth) + String(repeating: "]", count: depth)
        let document = try reader.read(Array(text.utf8))
        #expect(document.count(of: document.root) == 1)
    }

    @Test("of five million bytes in one string, number, array or run of spaces")
    func large() throws {
        let size = 5_000_000
        let texts: [(String, JSONKind)] = [
            ("\"" + String(repeating: "a", count: size) + "\"", .string),
            ("\"" + String(repeating: "\\u0061", count: size / 6) + "\"", .string),
            (String(repeating: "9", count: size), .number),
            ("[" + String(repeating: "0,", count: size / 2) + "0]", .array),
            (String(repeating: " ", count: size) + "null", .null),
        ]
        var reader = JSONReader()
        for (text, kind) in texts {
            let document = try reader.read(Array(text.utf8))
            #expect(document.kind(of: document.root) == kind)
        }
    }
}
