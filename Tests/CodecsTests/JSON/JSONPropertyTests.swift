import Codecs
import Testing

@Suite("For any text")
struct JSONPropertyTests {
    @Test(
        "that was written from a tree, the reader finds that tree",
        arguments: 0..<20 as Range<UInt64>
    )
    func roundTrip(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        var reader = JSONReader()
        for _ in 0..<100 {
            let (tree, text) = random.value()
            let document = try reader.read(Array(text.utf8))
            #expect(Tree(document) == tree, "\(text)")
            // What is written from the tree again is read as the same tree.
            let again = try reader.read(Array(tree.rendered.utf8))
            #expect(Tree(again) == tree, "\(text)")
        }
    }

    @Test(
        "that has been damaged, the reader either refuses or finds what stands there",
        arguments: 100..<120 as Range<UInt64>
    )
    func damage(seed: UInt64) throws {
        var random = RandomJSON(seed: seed)
        var reader = JSONReader()
        var refused = 0
        for _ in 0..<200 {
            var bytes = Array(random.value().text.utf8)
            for _ in 0..<Int.random(in: 1...3, using: &random) { mutate(&bytes, &random) }
            do {
                let document = try reader.read(bytes)
                // Everything it reports lies in the text and reads back as the same value.
                var second = JSONReader()
                let root = document.text(of: document.root)
                #expect(try Tree(second.read(root)) == Tree(document))
                #expect(String(validating: bytes, as: UTF8.self) != nil)
            } catch let error {
                refused += 1
                #expect(0...bytes.count ~= error.offset)
                #expect(error.path.hasPrefix("$"))
            }
        }
        #expect(refused > 0)
    }

    @Test("every proper beginning of an object or array is refused")
    func truncation() {
        var reader = JSONReader()
        let text = Array(
            "{\"a\":[1,-2.5e3,\"\\u00e9\\ud83d\\ude00é😀\",{\"b\":null}],\"c\":true}".utf8
        )
        for count in 0..<text.count {
            #expect(throws: JSONError.self) { try reader.read(text[..<count]) }
        }
    }

    private func mutate(_ bytes: inout [UInt8], _ random: inout RandomJSON) {
        let special: [UInt8] =
            Array("{}[]\",:\\u0eE-+.tfn \u{0}".utf8) + [0x80, 0xC3, 0xED, 0xF4, 0xFF]
        let byte =
            Bool.random(using: &random)
            ? special.randomElement(using: &random) ?? 0 : UInt8.random(in: 0...255, using: &random)
        let position = Int.random(in: 0...bytes.count, using: &random)
        switch Int.random(in: 0...3, using: &random) {
        case 0: bytes.insert(byte, at: position)
        case 1 where position < bytes.count: bytes.remove(at: position)
        case 2: bytes.removeSubrange(position...)
        default: if position < bytes.count { bytes[position] = byte }
        }
    }
}
