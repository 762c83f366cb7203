import Testing

@testable import AMQPClient

@Suite struct MethodDecoderTests {
    private static let close =
        WireBuilder.bytes(UInt16(404)) + WireBuilder.short("NOT_FOUND") + [0, 60, 0, 20]
    private static let samples: [([UInt8], ServerMethod)] = [
        (
            WireBuilder.method(
                10,
                10,
                [0, 9, 0, 0, 0, 0] + WireBuilder.long("PLAIN AMQPLAIN") + WireBuilder.long("en_US")
            ), .start(mechanisms: "PLAIN AMQPLAIN")
        ),
        (
            WireBuilder.method(10, 30, [0x07, 0xFF, 0, 2, 0, 0, 0, 60]),
            .tune(Tuning(channelMax: 2_047, frameMax: 131_072, heartbeatSeconds: 60))
        ),
        (
            WireBuilder.method(10, 50, close),
            .connectionClose(ServerMethod.CloseReason(replyCode: 404, text: "NOT_FOUND"))
        ),
        (WireBuilder.method(10, 60, WireBuilder.short("memory")), .blocked(reason: "memory")),
        (WireBuilder.method(20, 20, [1]), .channelFlow(isActive: true)),
        (
            WireBuilder.method(20, 40, close),
            .channelClose(ServerMethod.CloseReason(replyCode: 404, text: "NOT_FOUND"))
        ),
        (
            WireBuilder.method(50, 11, WireBuilder.short("q") + [0, 0, 0, 3, 0, 0, 0, 1]),
            .queueDeclareOk(messages: 3, consumers: 1)
        ),
        (
            WireBuilder.method(60, 30, WireBuilder.short("tag") + [0]),
            .cancel(consumerTag: "tag")
        ),
        (
            WireBuilder.method(60, 80, WireBuilder.bytes(UInt64(77)) + [1]),
            .ack(tag: 77, isMultiple: true)
        ),
        (
            WireBuilder.method(60, 120, WireBuilder.bytes(UInt64(78)) + [0]),
            .nack(tag: 78, isMultiple: false)
        ),
        (
            WireBuilder.method(
                60,
                50,
                [0x01, 0x38] + WireBuilder.short("NO_ROUTE") + WireBuilder.short("x")
                    + WireBuilder.short("k")
            ),
            .returned(
                ServerMethod.Return(
                    replyCode: 312,
                    text: "NO_ROUTE",
                    exchange: "x",
                    routingKey: "k"
                )
            )
        ),
    ]

    @Test func `methods of a broker are read, and refused when cut off anywhere`() throws {
        let decoder = MethodDecoder(memory: CodecMemory())
        for (bytes, method) in Self.samples {
            #expect(try decoder.decode(bytes.span) == method)
            for count in 4..<bytes.count {
                #expect(throws: AMQPError.self, "\(method), \(count) bytes") {
                    try decoder.decode(Array(bytes.prefix(count)).span)
                }
            }
        }
    }

    @Test func `methods that only clients send, and unknown ones, are refused undecoded`() {
        let decoder = MethodDecoder(memory: CodecMemory())
        for (classID, methodID) in [
            (10, 11), (10, 40), (40, 10), (50, 10), (60, 40), (61, 1), (0, 0),
        ] {
            let bytes = WireBuilder.method(
                UInt16(classID),
                UInt16(methodID),
                Array(repeating: 0, count: 32)
            )
            let error = #expect(throws: AMQPError.self) { try decoder.decode(bytes.span) }
            #expect(error?.code == .protocolViolation)
        }
    }

    @Test func `a delivery keeps its parts`() throws {
        var content = IncomingContent()
        let frames = WireBuilder.delivery(9, Array("body".utf8))
        try MethodDecoder(memory: CodecMemory())
            .deliver(Array(frames[0].dropFirst(7).dropLast()).span, into: &content)
        #expect(content.tag == 9)
        #expect(!content.isIdle)
        #expect(content.bytes == Array("jobsfirst.user".utf8))
        #expect(content.exchangeCount == 4)
    }
}
