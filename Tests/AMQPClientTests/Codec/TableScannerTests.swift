import Testing

@testable import AMQPClient

@Suite struct TableScannerTests {
    private static let everyType: [UInt8] = {
        let entries: [[UInt8]] = [
            [0x74, 1], [0x62, 0xFF], [0x42, 2], [0x73, 0, 3], [0x75, 0, 4], [0x49, 0, 0, 0, 5],
            [0x69, 0, 0, 0, 6], [0x6C] + WireBuilder.bytes(Int64(-7)),
            [0x4C] + WireBuilder.bytes(UInt64.max), [0x66, 0x3F, 0x80, 0, 0],
            [0x64] + WireBuilder.bytes((2.5).bitPattern), [0x44, 2, 0, 0, 0, 9],
            [0x53] + WireBuilder.long("text"), [0x78] + WireBuilder.long("bytes"),
            [0x54] + WireBuilder.bytes(UInt64(10)), [0x56],
            [0x41] + WireBuilder.bytes(UInt32(4)) + [0x74, 1, 0x56, 0x56],
            [0x46] + WireBuilder.bytes(UInt32(3)) + WireBuilder.short("x") + [0x56],
        ]
        let body = entries.enumerated().flatMap { WireBuilder.short("k\($0.offset)") + $0.element }
        return WireBuilder.bytes(UInt32(body.count)) + body
    }()

    @Test func `a table with every type is walked to its end`() throws {
        #expect(try TableScanner.check(Self.everyType.span, at: 0) == Self.everyType.count)
    }

    @Test func `a table cut off anywhere is refused`() {
        let table = Self.everyType
        for count in 0..<table.count {
            #expect(throws: AMQPError.self, "\(count) bytes") {
                try TableScanner.check(Array(table.prefix(count)).span, at: 0)
            }
        }
    }

    @Test func `thirty-two levels pass and one more is refused`() throws {
        let deepest = WireBuilder.nestedTable(TableScanner.maxDepth)
        #expect(try TableScanner.check(deepest.span, at: 0) == deepest.count)
        let error = #expect(throws: AMQPError.self) {
            try TableScanner.check(WireBuilder.nestedTable(TableScanner.maxDepth + 1).span, at: 0)
        }
        #expect(error?.message.contains("deeper than 32") == true)
    }

    @Test func `ten thousand nested tables are refused in a header and in connection start`() {
        let table = WireBuilder.nestedTable(10_000)
        #expect(throws: AMQPError.self) {
            try AMQPProperties(encoded: ([0x20, 0] + table).span)
        }
        let start = WireBuilder.method(10, 10, [0, 9] + table + [0, 0, 0, 0, 0, 0, 0, 0])
        let error = #expect(throws: AMQPError.self) {
            try MethodDecoder(memory: CodecMemory()).decode(start.span)
        }
        #expect(error?.message.contains("deeper than 32") == true)
    }

    @Test func `every change of one byte is read or refused`() throws {
        // A crash or a read out of bounds would end the test.
        for index in Self.everyType.indices {
            for value in [0, 1, 0x46, 0x41, 0x53, 0x7F, 0xFF] as [UInt8] {
                var table = Self.everyType
                table[index] = value
                let isSound = (try? TableScanner.check(table.span, at: 0)) != nil
                let isDecoded = (try? AMQPProperties(encoded: ([0x20, 0] + table).span)) != nil
                #expect(isSound || !isDecoded)
            }
        }
    }
}
