import Testing

@testable import AMQPClient

@Suite struct FrameSplitterTests {
    private struct Seen: Equatable {
        let header: FrameHeader
        let payload: [UInt8]
    }

    private static let stream =
        WireBuilder.methodFrame(1, 60, 80, [0, 0, 0, 0, 0, 0, 0, 7, 1])
        + WireBuilder.frame(8, 0, [])
        + WireBuilder.delivery(1, Array("hello".utf8)).flatMap { $0 }
        + WireBuilder.frame(3, 2, (0..<300).map { UInt8(truncatingIfNeeded: $0) })

    private func split(_ pieces: [ArraySlice<UInt8>]) throws -> [Seen] {
        var splitter = FrameSplitter()
        var seen: [Seen] = []
        for piece in pieces {
            try splitter.split(piece.span) { header, payload in
                seen.append(Seen(header: header, payload: payload.indices.map { payload[$0] }))
            }
        }
        return seen
    }

    @Test func `cutting the stream at any two offsets gives the same frames`() throws {
        let stream = Self.stream
        let whole = try split([stream[...]])
        #expect(whole.map(\.header.kind) == [.method, .heartbeat, .method, .header, .body, .body])
        #expect(whole.last?.payload.count == 300)
        for first in 0...stream.count {
            #expect(try split([stream[..<first], stream[first...]]) == whole)
        }
        for first in stride(from: 0, to: stream.count, by: 7) {
            for second in stride(from: first, to: stream.count, by: 3) {
                let pieces = [stream[..<first], stream[first..<second], stream[second...]]
                #expect(try split(pieces) == whole)
            }
        }
    }

    @Test func `single bytes give the same frames as the whole stream`() throws {
        let stream = Self.stream
        let bytes = stream.indices.map { stream[$0...$0] }
        #expect(try split(bytes) == split([stream[...]]))
    }

    @Test(
        arguments: [
            ([1, 0, 1, 0xFF, 0xFF, 0xFF, 0xFF], "4294967295 bytes"),
            ([1, 0, 1, 0, 1, 0, 0], "65536 bytes"),
            ([1, 0, 1, 0, 0, 0, 3], "only 3 bytes"),
            ([2, 0, 1, 0, 0, 0, 13], "only 13 bytes"),
            ([5, 0, 1, 0, 0, 0, 1], "type 5"),
            ([0x41, 0x4D, 0x51, 0x50, 0, 1, 0], "another version"),
            ([0x48, 0x54, 0x54, 0x50, 0x2F, 0x31, 0x2E], "AMQP port"),
        ] as [([UInt8], String)]
    )
    func `a hostile header is refused before its payload is stored`(
        header: [UInt8],
        complaint: String
    ) throws {
        for cut in 0...header.count {
            let error = #expect(throws: AMQPError.self) {
                try split([header[..<cut], header[cut...]])
            }
            #expect(error?.code == .protocolViolation)
            #expect(error?.message.contains(complaint) == true)
        }
    }

    @Test func `a frame without its end mark is refused`() throws {
        var frame = WireBuilder.frame(8, 0, [])
        frame[frame.count - 1] = 0
        #expect(throws: AMQPError.self) { try split([frame[...]]) }
        #expect(throws: AMQPError.self) { try split([frame.prefix(7), frame.suffix(1)]) }
    }

    @Test func `a frame may be as large as was agreed on and no larger`() throws {
        var splitter = FrameSplitter()
        splitter.frameMax = 4_096
        var count = 0
        try splitter.split(WireBuilder.frame(3, 1, Array(repeating: 1, count: 4_088)).span) {
            _,
            payload in
            count = payload.count
        }
        #expect(count == 4_088)
        #expect(throws: AMQPError.self) {
            try splitter.split(WireBuilder.frame(3, 1, Array(repeating: 1, count: 4_089)).span) {
                _,
                _ in
            }
        }
    }
}
