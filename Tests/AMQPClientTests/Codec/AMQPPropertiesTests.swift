import Testing

@testable import AMQPClient

@Suite struct AMQPPropertiesTests {
    private static let everything: AMQPProperties = {
        var properties = AMQPProperties(
            contentType: "application/json",
            headers: [
                "bool": true, "integer": -5, "unsigned": .unsigned(.max), "double": .double(2.5),
                "decimal": .decimal(scale: 2, 314), "text": "häder", "bytes": .bytes([0, 0xFF]),
                "time": .timestamp(1_800_000_000), "null": .null,
                "list": .array(["a", 1, .table(["deep": .array([])])]), "empty": .table([:]),
            ],
            isPersistent: true,
            messageID: "m-1"
        )
        properties.contentEncoding = "gzip"
        properties.priority = 9
        properties.correlationID = "c"
        properties.replyTo = "r"
        properties.expirationMilliseconds = "60000"
        properties.timestamp = 1_800_000_000
        properties.type = "t"
        properties.userID = "guest"
        properties.appID = "app"
        return properties
    }()

    /// The property list and the body as they stand in the frames of a message.
    private func frames(of message: AMQPMessage) throws -> (properties: [UInt8], body: [UInt8]) {
        var writer = FrameWriter(memory: CodecMemory())
        try writer.message(message, on: 3)
        var splitter = FrameSplitter()
        var properties: [UInt8] = []
        var body: [UInt8] = []
        try splitter.split(writer.bytes.span) { header, payload in
            #expect(header.channel == 3)
            let bytes = payload.indices.map { payload[$0] }
            if header.kind == .header { properties = Array(bytes.dropFirst(12)) }
            if header.kind == .body { body += bytes }
        }
        return (properties, body)
    }

    private func message(_ properties: AMQPProperties, body: [UInt8] = []) -> AMQPMessage {
        AMQPMessage(to: "x", routingKey: "k", body: body[...], properties: properties)
    }

    @Test func `what is encoded is decoded again, every property and every type of header`() throws
    {
        let encoded = try frames(of: message(Self.everything)).properties
        #expect(try AMQPProperties(encoded: encoded.span) == Self.everything)
        #expect(EncodedProperties(encoded.span).hasHeaders)
    }

    @Test func `a property list cut off anywhere is refused`() throws {
        let encoded = try frames(of: message(Self.everything)).properties
        for count in 2..<encoded.count {
            #expect(throws: AMQPError.self, "\(count) bytes") {
                try AMQPProperties(encoded: Array(encoded.prefix(count)).span)
            }
        }
    }

    @Test func `a second word of property flags is refused`() {
        #expect(throws: AMQPError.self) {
            try AMQPProperties(encoded: ([0xFF, 0xFF] + Array(repeating: 0xFF, count: 64)).span)
        }
    }

    @Test func `a body of many frames keeps its bytes`() throws {
        let body = (0..<100_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        #expect(try frames(of: message(AMQPProperties(), body: body)).body == body)
    }

    @Test func `a message that cannot be encoded leaves no bytes behind`() throws {
        var writer = FrameWriter(memory: CodecMemory())
        try writer.method(.confirmSelect, on: 1)
        let before = writer.bytes
        var nested: AMQPTable = ["n": .null]
        for _ in 0..<40 { nested = ["n": .table(nested)] }
        let bad = [
            message(AMQPProperties(contentType: String(repeating: "x", count: 256))),
            message(AMQPProperties(headers: nested)),
            message(AMQPProperties(headers: ["h": .string(String(repeating: "x", count: 40_000))])),
            message(AMQPProperties(headers: ["h": .string(String(repeating: "x", count: 5_000))])),
            AMQPMessage(to: String(repeating: "x", count: 256), routingKey: "", body: []),
        ]
        for message in bad {
            #expect(throws: AMQPError.self) { try writer.message(message, on: 1) }
            #expect(writer.bytes == before)
        }
    }
}
