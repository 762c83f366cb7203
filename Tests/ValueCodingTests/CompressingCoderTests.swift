import CacheDomain
import Codecs
import Testing
import ValueCoding

@Suite(.timeLimit(.minutes(1))) struct CompressingCoderTests {
    private let long = [String](repeating: "a summary of the text", count: 200)

    /// Bytes as they are, which may look compressed.
    private struct RawCoder: ValueCoder {
        func encode(_ value: some Encodable) throws -> [UInt8] { value as? [UInt8] ?? [] }

        func decode<Value: Decodable>(_ type: Value.Type, from bytes: [UInt8]) throws -> Value {
            guard let value = bytes as? Value else { throw CacheError(.serialization, "raw") }
            return value
        }
    }

    @Test func `small values stay plain, large ones are compressed, and both are read`() throws {
        let coder = try CompressingCoder(JSONValueCoder(), threshold: 100)
        let json = JSONValueCoder()
        #expect(try coder.encode(["short"]) == json.encode(["short"]))
        let edge = String(repeating: "x", count: 98)
        #expect(try coder.encode(edge).count == 100)
        let compressed = try coder.encode(long)
        #expect(CompressedForm.isIn(compressed))
        #expect(compressed.count < 100)
        #expect(try coder.decode([String].self, from: compressed) == long)
        #expect(try coder.decode([String].self, from: json.encode(long)) == long)
        let other = try CompressingCoder(PropertyListValueCoder(), threshold: 0, level: 9)
        #expect(try other.decode([String].self, from: other.encode(long)) == long)
    }

    @Test func `what compression gains nothing on stays plain, and is reported`() throws {
        let record = EventRecord()
        let coder = try CompressingCoder(RawCoder(), threshold: 8, observer: record)
        var state: UInt64 = 1
        let noise = (0..<1000)
            .map { _ in
                state = state &* 6_364_136_223_846_793_005 &+ 1
                return UInt8(truncatingIfNeeded: state >> 56)
            }
        #expect(try coder.encode(noise) == noise)
        guard case .compressed(let report)? = record.events.first else {
            Issue.record("no report")
            return
        }
        #expect(report.byteCount == 1000 && report.storedByteCount == 1000 && report.ratio == 1)
    }

    @Test func `what compression comes to is told with its time`() throws {
        let record = EventRecord()
        let start = ContinuousClock.now
        let ticks = EventRecord()
        let coder = try CompressingCoder(
            JSONValueCoder(),
            operation: "summarize",
            observer: record,
            now: {
                ticks.observe(.called(CallReport(.get, outcome: .miss, duration: .zero)))
                return start + .milliseconds(5 * ticks.events.count)
            }
        )
        let stored = try coder.encode(long)
        let report = CompressionReport(
            operation: "summarize",
            byteCount: try JSONValueCoder().encode(long).count,
            storedByteCount: stored.count,
            duration: .milliseconds(5)
        )
        #expect(record.events == [.compressed(report)])
        #expect(report.ratio < 0.1)
    }

    @Test func `bytes that look compressed come back as they were`() throws {
        let coder = try CompressingCoder(RawCoder(), threshold: 1000)
        for bytes in [CompressedForm.mark, CompressedForm.mark + [0, 0, 0, 0, 1]] {
            #expect(try coder.decode([UInt8].self, from: coder.encode(bytes)) == bytes)
        }
    }

    @Test func `damage and bombs are errors`() throws {
        let coder = try CompressingCoder(JSONValueCoder(), threshold: 10, maxByteCount: 1000)
        let bomb = try CompressedForm.packed([UInt8](repeating: 0x20, count: 1001), level: 9)
        let error = #expect(throws: CompressionError.self) {
            try coder.decode([String].self, from: bomb)
        }
        #expect(error?.code == .tooLarge)
        var damaged = try CompressedForm.packed(Array("[1,2,3]".utf8), level: 6)
        damaged[damaged.count - 1] ^= 1
        #expect(throws: CompressionError.self) { try coder.decode([Int].self, from: damaged) }
        // What could not be read again is not compressed.
        let large = String(repeating: "x", count: 1001)
        #expect(try !CompressedForm.isIn(coder.encode(large)))
        let raw = try CompressingCoder(RawCoder(), threshold: 10, maxByteCount: 1000)
        let marked = CompressedForm.mark + [UInt8](repeating: 0, count: 1000)
        #expect(throws: CacheError.self) { try raw.encode(marked) }
    }

    @Test func `levels and numbers that cannot be are refused`() {
        for level in [0, 10] {
            let error = #expect(throws: CacheError.self) {
                try CompressingCoder(JSONValueCoder(), level: level)
            }
            #expect(error?.code == .configuration)
        }
        #expect(throws: CacheError.self) { try CompressingCoder(JSONValueCoder(), threshold: -1) }
        #expect(throws: CacheError.self) {
            try CompressingCoder(JSONValueCoder(), threshold: 10, maxByteCount: 9)
        }
    }
}
