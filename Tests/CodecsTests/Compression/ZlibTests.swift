import Codecs
import Testing

@Suite(.timeLimit(.minutes(1))) struct ZlibTests {
    private let text = Array(String(repeating: "the same again, ", count: 500).utf8)

    @Test(arguments: Zlib.levels)
    func `what was compressed is had again at every level`(level: Int) throws {
        for bytes in [[], [7], text] as [[UInt8]] {
            let compressed = try Zlib.compressed(bytes, level: level)
            #expect(try Zlib.decompressed(compressed[...], byteCount: bytes.count) == bytes)
        }
        #expect(try Zlib.compressed(text, level: level).count < text.count / 20)
    }

    /// `zlib.compress(b'{"summary":"' + b'ab' * 40 + b'"}', 9)` in Python.
    @Test func `what Python has compressed is read`() throws {
        let compressed: [UInt8] = [
            0x78, 0xDA, 0xAB, 0x56, 0x2A, 0x2E, 0xCD, 0xCD, 0x4D, 0x2C, 0xAA, 0x54, 0xB2, 0x52,
            0x4A, 0x4C, 0xA2, 0x2E, 0x54, 0xAA, 0x05, 0x00, 0x83, 0x0B, 0x23, 0x41,
        ]
        let plain = try Zlib.decompressed(compressed[...], byteCount: 94)
        let expected = "{\"summary\":\"\(String(repeating: "ab", count: 40))\"}"
        #expect(String(decoding: plain, as: UTF8.self) == expected)
    }

    @Test(arguments: [-1, 0, 10])
    func `a level that does not exist is refused`(level: Int) {
        let error = #expect(throws: CompressionError.self) {
            try Zlib.compressed(text, level: level)
        }
        #expect(error?.code == .level)
        #expect(error?.description.contains("\(level)") == true)
    }

    @Test func `damage anywhere is found out`() throws {
        let compressed = try Zlib.compressed(text, level: 6)
        for index in compressed.indices {
            var damaged = compressed
            damaged[index] ^= 0x55
            #expect(throws: CompressionError.self) {
                try Zlib.decompressed(damaged[...], byteCount: text.count)
            }
        }
        for count in 0..<compressed.count {
            #expect(throws: CompressionError.self) {
                try Zlib.decompressed(compressed[..<count], byteCount: text.count)
            }
        }
        #expect(throws: CompressionError.self) {
            try Zlib.decompressed((compressed + [0])[...], byteCount: text.count)
        }
    }

    @Test func `another number of bytes than promised is an error`() throws {
        let compressed = try Zlib.compressed(text, level: 6)
        for byteCount in [0, text.count - 1, text.count + 1] {
            let error = #expect(throws: CompressionError.self) {
                try Zlib.decompressed(compressed[...], byteCount: byteCount)
            }
            #expect(error?.code == .corrupt, "\(byteCount)")
        }
    }

    @Test func `nothing is compressed further than the format can`() throws {
        let zeros = [UInt8](repeating: 0, count: 10_000_000)
        let compressed = try Zlib.compressed(zeros, level: 9)
        #expect(compressed.count * Zlib.maxRatio >= zeros.count)
        #expect(try Zlib.decompressed(compressed[...], byteCount: zeros.count) == zeros)
        let error = #expect(throws: CompressionError.self) {
            try Zlib.decompressed(compressed[...], byteCount: .max)
        }
        #expect(error?.code == .corrupt)
    }
}
