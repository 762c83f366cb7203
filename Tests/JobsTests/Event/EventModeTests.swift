import Jobs
import Testing

@Suite("An event in binary mode")
struct EventModeTests {
    private typealias Headers = [(name: String, value: String)]

    private let body = Array(#"{"keys":["app:user:1"]}"#.utf8)

    private func decode(_ contentType: String?, _ headers: Headers) throws(EventError) -> Event {
        var decoder = EventDecoder()
        return try decoder.decode(body: body[...], contentType: contentType, headers: headers)
    }

    @Test(
        "has its attributes in headers of any one prefix, in any case",
        arguments: ["ce-", "ce_", "cloudEvents_", "cloudEvents:", "Ce-", "CLOUDEVENTS_"]
    )
    func prefixes(prefix: String) throws {
        let headers: Headers = [
            ("x-other", "1"), (prefix + "type", "cache.invalidate"), (prefix + "id", "7"),
            (prefix + "specversion", "1.0"), (prefix + "source", "/orders"),
            (prefix + "time", "2026-11-20T09:00:00Z"), (prefix + "subject", "s"),
            (prefix + "traceparent", "00"), (prefix + "anything", "else"), ("cell", "phone"),
        ]
        let event = try decode("application/json", headers)
        var expected = Event(
            id: "7",
            source: "/orders",
            job: .invalidate(Invalidation(keys: ["app:user:1"]))
        )
        expected.time = "2026-11-20T09:00:00Z"
        expected.subject = "s"
        expected.traceparent = "00"
        #expect(event == expected)
    }

    @Test(
        "has a body of JSON",
        arguments: [
            nil, "", "application/json", "Application/JSON; charset=utf-8", "text/json",
            "application/vnd.a+json",
        ]
    )
    func contentTypes(contentType: String?) throws {
        let event = try decode(contentType, [("ce-type", "cache.invalidate")])
        #expect(event.job == .invalidate(Invalidation(keys: ["app:user:1"])))
    }

    @Test("has no body of anything else", arguments: ["text/plain", "application/xml", "json"])
    func otherContentTypes(contentType: String) {
        let error = #expect(throws: EventError.self) {
            try decode(contentType, [("ce-type", "cache.invalidate")])
        }
        #expect(error?.path == "content-type")
        #expect(error?.message == "content-type must be application/json, not \"\(contentType)\"")
    }

    @Test("is told from a structured one by a type header and the content type")
    func modes() throws {
        func mode(_ contentType: String?, _ headers: Headers) throws -> EventMode {
            try EventMode(contentType: contentType, headers: headers)
        }
        let type: Headers = [("ce_type", "cache.invalidate")]
        #expect(try mode("application/json", []) == .structured)
        #expect(try mode(nil, [("ce-id", "1"), ("type", "x")]) == .structured)
        #expect(try mode("application/cloudevents+json; charset=utf-8", type) == .structured)
        #expect(try mode("Application/CloudEvents+JSON", type) == .structured)
        #expect(try mode("application/json", type) == .binary(prefix: .underscore))
        #expect(try mode(nil, type) == .binary(prefix: .underscore))
    }

    @Test("is refused when its headers mix prefixes")
    func mixedPrefixes() {
        let error = #expect(throws: EventError.self) {
            try decode(nil, [("ce-type", "cache.invalidate"), ("cloudEvents_id", "1")])
        }
        #expect(error?.reason == .schema)
        #expect(
            error?.message
                == "the headers of one event must share one prefix, not ce- and cloudEvents_"
        )
    }

    @Test("has its faults named by header or by path in the data")
    func faults() {
        let unknown = #expect(throws: EventError.self) {
            try decode(nil, [("ce-type", "nonsense")])
        }
        #expect(unknown?.reason == .unknownType)
        #expect(unknown?.path == "ce-type")
        let empty = #expect(throws: EventError.self) {
            try decode(nil, [("ce-type", "task.a"), ("ce-id", "")])
        }
        #expect(empty?.path == "ce-id")
        let time = #expect(throws: EventError.self) {
            try decode(nil, [("ce-type", "task.a"), ("ce-time", "noon")])
        }
        #expect(time?.path == "ce-time")
        var decoder = EventDecoder()
        let data = #expect(throws: EventError.self) {
            try decoder.decode(
                body: Array("{\"keys\":[nil]}".utf8)[...],
                contentType: nil,
                headers: [("ce-type", "cache.invalidate")]
            )
        }
        #expect(data?.reason == .notJSON)
        #expect(data?.path == "$.data.keys[0]")
        let schema = #expect(throws: EventError.self) {
            try decoder.decode(
                body: Array("{\"keys\":[1]}".utf8)[...],
                contentType: nil,
                headers: [("ce-type", "cache.invalidate")]
            )
        }
        #expect(schema?.path == "$.data.keys[0]")
    }

    @Test("has the size and depth of the same event in structured mode")
    func limits() throws {
        var decoder = EventDecoder(limits: EventLimits(maxEventBytes: 40, maxDepth: 3))
        let headers: Headers = [
            ("ce-type", "task.a"), ("other", String(repeating: "x", count: 99)),
        ]
        _ = try decoder.decode(body: Array("[[]]".utf8)[...], contentType: nil, headers: headers)
        let deep = #expect(throws: EventError.self) {
            try decoder.decode(body: Array("[[[]]]".utf8)[...], contentType: nil, headers: headers)
        }
        #expect(deep?.reason == .tooDeep)
        let large = #expect(throws: EventError.self) {
            try decoder.decode(
                body: [UInt8](repeating: 0x30, count: 30)[...],
                contentType: nil,
                headers: headers
            )
        }
        #expect(large?.reason == .tooLarge)
    }
}
