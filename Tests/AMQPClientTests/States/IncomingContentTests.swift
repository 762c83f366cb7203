import Testing

@testable import AMQPClient

@Suite struct IncomingContentTests {
    private let decoder = MethodDecoder(memory: CodecMemory())

    /// Feeds the frames of deliveries and gives what the buffer holds then.
    private func receive(
        _ frames: [[UInt8]],
        maxBodyBytes: Int = 1_000,
        maxBatchCount: Int = 10
    ) throws -> DeliveryBuffer {
        var content = IncomingContent()
        var buffer = DeliveryBuffer(maxBatchCount: maxBatchCount)
        var splitter = FrameSplitter()
        for frame in frames {
            try splitter.split(frame.span) { (header, payload) throws(AMQPError) in
                let isComplete: Bool
                switch header.kind {
                case .method:
                    try decoder.deliver(payload, into: &content)
                    return
                case .header: isComplete = try content.header(payload, maxBodyBytes: maxBodyBytes)
                default: isComplete = try content.body(payload)
                }
                guard isComplete else { return }
                let id = AMQPDeliveryID(subscription: 0, generation: 1, tag: content.tag)
                let end = payload.extracting(last: header.kind == .body ? payload.count : 0)
                buffer.append(content, end: end, id: id)
            }
        }
        return buffer
    }

    private func texts(_ batch: AMQPBatch?) -> [String] {
        batch?.map { String(decoding: $0.body, as: UTF8.self) } ?? []
    }

    @Test(arguments: [1, 2, 3, 7, 100])
    func `a body in parts of any size is the same body`(part: Int) throws {
        var buffer = try receive(
            WireBuilder.delivery(1, Array("hello world".utf8), part: part)
                + WireBuilder.delivery(2, []) + WireBuilder.delivery(3, Array("x".utf8))
        )
        let taken = buffer.take()
        let batch = try #require(taken)
        #expect(texts(batch) == ["hello world", "", "x"])
        #expect(batch.map(\.routingKey) == Array(repeating: "first.user", count: 3))
        #expect(batch.map(\.exchange) == Array(repeating: "jobs", count: 3))
        #expect(batch.map(\.contentType) == Array(repeating: "application/json", count: 3))
        #expect(batch.ids.map(\.tag) == [1, 2, 3])
        #expect(buffer.take() == nil)
    }

    @Test func `a body over the limit is skipped and marked, the next one is not`() throws {
        let large = Array(repeating: UInt8(ascii: "x"), count: 1_001)
        var buffer = try receive(
            WireBuilder.delivery(1, large, part: 100) + WireBuilder.delivery(2, [UInt8(ascii: "y")])
        )
        let taken = buffer.take()
        let batch = try #require(taken)
        #expect(batch.map(\.isOversized) == [true, false])
        #expect(batch.map(\.bodyByteCount) == [1_001, 1])
        #expect(texts(batch) == ["", "y"])
        #expect(batch[0].contentType == "application/json")
    }

    @Test func `a body that is longer than announced is a violation`() {
        var frames = WireBuilder.delivery(1, Array("abc".utf8))
        frames[2] = WireBuilder.frame(3, 1, Array("abcd".utf8))
        #expect(throws: AMQPError.self) { try receive(frames) }
    }

    @Test func `frames that belong to no message are violations`() {
        let frames = WireBuilder.delivery(1, Array("abc".utf8))
        #expect(throws: AMQPError.self) { try receive([frames[1]]) }
        #expect(throws: AMQPError.self) { try receive([frames[2]]) }
        #expect(throws: AMQPError.self) { try receive([frames[0], frames[2]]) }
        #expect(throws: AMQPError.self) { try receive([frames[0], frames[1], frames[1]]) }
    }

    @Test func `what arrived is handed over in batches of the largest size, oldest first`() throws {
        var buffer = try receive(
            (1...25).flatMap { WireBuilder.delivery($0, Array("\($0)".utf8)) }
        )
        #expect(buffer.byteCount > 0)
        #expect(texts(buffer.take()) == (1...10).map { "\($0)" })
        #expect(texts(buffer.take()) == (11...20).map { "\($0)" })
        #expect(texts(buffer.take()) == (21...25).map { "\($0)" })
        #expect(buffer.isEmpty)
        #expect(buffer.byteCount == 0)
    }

    @Test func `a parser may read on behind the last body`() throws {
        var buffer = try receive(WireBuilder.delivery(1, Array("{}".utf8)))
        let taken = buffer.take()
        let batch = try #require(taken)
        let delivery = try #require(batch.first)
        #expect(batch.bytes.count - delivery.body.endIndex == AMQPBatch.trailingPadding)
    }
}
