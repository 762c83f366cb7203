import Codecs
import Testing

@Suite("Writing JSON")
struct JSONWritingTests {
    @Test(
        "escapes what must be escaped and nothing else",
        arguments: [
            ("", "\"\""), ("app:user:1", "\"app:user:1\""), ("a\"b\\c/d", "\"a\\\"b\\\\c/d\""),
            ("\n\r\t\u{0}\u{1F}\u{7F}", "\"\\n\\r\\t\\u0000\\u001f\u{7F}\""), ("é😀", "\"é😀\""),
        ]
    )
    func strings(content: String, expected: String) {
        var json: [UInt8] = []
        json.appendJSONString(content)
        #expect(String(decoding: json, as: UTF8.self) == expected)
    }

    @Test("writes arrays of strings that read back as they were")
    func arrays() throws {
        let lists: [[String]] = [[], ["a"], ["a", "", "\"\u{1}é"]]
        var reader = JSONReader()
        for strings in lists {
            var json: [UInt8] = []
            json.appendJSONArray(strings)
            let document = try reader.read(json)
            let read = document.elements(of: document.root).map { document.string($0) ?? "none" }
            #expect(read == strings)
        }
    }

    @Test("Values for people stand in lines, each as it was written")
    func pretty() throws {
        var reader = JSONReader()
        let text = #"{"a":[1.0,{"b":"\u00e9"},[]],"c":{},"d":null}"#
        let pretty = """
            {
              "a": [
                1.0,
                {
                  "b": "\\u00e9"
                },
                []
              ],
              "c": {},
              "d": null
            }
            """
        let document = try reader.read(Array(text.utf8))
        #expect(String(decoding: document.pretty(), as: UTF8.self) == pretty)
        #expect(try reader.read(Array(" 7 ".utf8)).pretty() == Array("7".utf8))
    }
}
