import Codecs
import Testing

@Suite(.timeLimit(.minutes(1))) struct CompressedFormTests {
    private let text = Array(String(repeating: "summary ", count: 1000).utf8)

    private func code(_ bytes: [UInt8], maxByteCount: Int = 1 << 20) -> CompressionError.Code? {
        do throws(CompressionError) {
            _ = try CompressedForm.unpacked(bytes, maxByteCount: maxByteCount)
            return nil
        } catch {
            return error.code
        }
    }

    @Test func `packed bytes say what they are, how many they were, and are had again`() throws {
        let packed = try CompressedForm.packed(text, level: 6)
        #expect(packed.prefix(8) == [0xF8, 0x7A, 0x6C, 0x01, 0, 0, 0x1F, 0x40])
        #expect(CompressedForm.isIn(packed))
        #expect(try CompressedForm.unpacked(packed, maxByteCount: text.count) == text)
        let empty = try CompressedForm.packed([], level: 1)
        #expect(try CompressedForm.unpacked(empty, maxByteCount: 0) == [])
    }

    @Test func `the mark begins no text`() {
        #expect(String(validating: CompressedForm.mark, as: UTF8.self) == nil)
        for text in ["", "{}", "null", "\u{F8}zl\u{1}", "bplist00"] {
            #expect(!CompressedForm.isIn(Array(text.utf8)))
        }
    }

    @Test func `bytes that claim to be too many take no memory`() throws {
        let packed = try CompressedForm.packed(text, level: 6)
        #expect(code(packed, maxByteCount: text.count - 1) == .tooLarge)
        var liar = packed
        liar.replaceSubrange(4..<8, with: [0xFF, 0xFF, 0xFF, 0xFF])
        #expect(code(liar) == .tooLarge)
        #expect(code(liar, maxByteCount: .max) == .corrupt)
    }

    @Test func `what is damaged, cut off or of another version is corrupt`() throws {
        let packed = try CompressedForm.packed(text, level: 6)
        for count in 0..<packed.count { #expect(code(Array(packed[..<count])) == .corrupt) }
        for index in packed.indices {
            var damaged = packed
            damaged[index] ^= 0x01
            #expect(code(damaged) != nil, "byte \(index)")
        }
        #expect(code(text) == .corrupt)
    }
}
