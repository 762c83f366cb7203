import Jobs
import Testing

@Suite("Garbage is refused with a reason that a person understands")
struct EventGarbageTests {
    struct Garbage: Sendable, CustomTestStringConvertible {
        let text: String
        let reason: EventError.Reason
        let path: String
        let message: String
        var testDescription: String { "\(path): \(message)" }

        init(_ text: String, _ reason: EventError.Reason, _ path: String, _ message: String = "") {
            self.text = text
            self.reason = reason
            self.path = path
            self.message = message
        }

        /// An event of that type with that data.
        static func data(
            _ type: String,
            _ data: String,
            _ path: String,
            _ message: String
        ) -> Garbage {
            Garbage("{\"type\":\"\(type)\",\"data\":\(data)}", .schema, path, message)
        }
    }

    static let texts = [
        Garbage("", .notJSON, "$", "there is no JSON value, only white space ($, byte 0)"),
        Garbage("hello", .notJSON, "$"), Garbage("{\"type\":", .notJSON, "$.type"),
        Garbage("{\"type\":\"task.a\",\"data\":0}}", .notJSON, "$"),
        Garbage("\u{FEFF}{\"type\":\"task.a\",\"data\":0}", .notJSON, "$"),
        Garbage("{\"type\":\"task.a\",\"data\":\"a\u{0}\"}", .notJSON, "$.data"),
        Garbage("{\"type\":\"task.a\",\"data\":{\"a\":1,\"a\":1}}", .duplicateKey, "$.data.a"),
        Garbage("{\"type\":\"task.a\",\"type\":\"task.a\",\"data\":0}", .duplicateKey, "$.type"),
        Garbage(
            String(repeating: "[", count: 10_000),
            .tooDeep,
            "$" + String(repeating: "[0]", count: 64)
        ),
        Garbage("[]", .schema, "$", "$ must be an object, not an array"),
        Garbage("null", .schema, "$", "$ must be an object, not null"),
        Garbage("{}", .schema, "$.data", "$.data is required"),
        Garbage("{\"data\":{}}", .schema, "$.type", "$.type is required"),
        Garbage("{\"type\":null,\"data\":{}}", .schema, "$.type", "$.type is required"),
        Garbage("{\"type\":\"task.a\"}", .schema, "$.data", "$.data is required"),
        Garbage(
            "{\"type\":\"task.a\",\"data_base64\":\"e30=\"}",
            .schema,
            "$.data_base64",
            "$.data_base64 is not understood: data must be JSON in $.data"
        ),
        Garbage(
            "{\"type\":\"cache.explode\",\"data\":{}}",
            .unknownType,
            "$.type",
            "$.type must be cache.invalidate, cache.warm, cache.cleanup or task.NAME, "
                + "not \"cache.explode\""
        ),
        Garbage("{\"type\":\"task.\",\"data\":{}}", .unknownType, "$.type"),
        Garbage("{\"type\":\"Cache.Invalidate\",\"data\":{}}", .unknownType, "$.type"),
    ]

    static let attributes = [
        ("\"id\":7", "$.id", "$.id must be a non-empty string, not a number"),
        ("\"id\":\"\"", "$.id", "$.id must be a non-empty string, not an empty one"),
        ("\"source\":[]", "$.source", "$.source must be a non-empty string, not an array"),
        ("\"subject\":\"a\\u0000\"", "$.subject", "$.subject must be a string without U+0000"),
        (
            "\"traceparent\":{}", "$.traceparent",
            "$.traceparent must be a non-empty string, not an object"
        ),
        ("\"specversion\":\"0.3\"", "$.specversion", "$.specversion must be \"1.0\", not \"0.3\""),
        (
            "\"specversion\":1.0", "$.specversion",
            "$.specversion must be a non-empty string, not a number"
        ),
    ]
    .map { (member, path, message) in
        Garbage("{\"type\":\"task.a\",\"data\":0,\(member)}", .schema, path, message)
    }

    static let times = [
        "yesterday", "2026-11-20", "2026-11-20T09:00:00", "2026-11-20 09:00:00Z",
        "2026-13-01T00:00:00Z",
        "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-11-20T24:00:00Z",
        "2026-11-20T09:60:00Z", "2026-11-20T09:00:61Z", "2026-11-20T09:00:00.Z",
        "2026-11-20T09:00:00+0100",
        "2026-11-20T09:00:00Zx", "2026-11-00T09:00:00Z", "+026-11-20T09:00:00Z",
        "2026-11-20T09:00:00+24:00",
    ]
    .map { Garbage("{\"type\":\"task.a\",\"data\":0,\"time\":\"\($0)\"}", .schema, "$.time") }

    static let invalidations = [
        ("null", "$.data", "$.data must be an object, not null"),
        ("[]", "$.data", "$.data must be an object, not an array"),
        ("\"{}\"", "$.data", "$.data must be an object, not a string"),
        ("{}", "$.data", "$.data must name at least one of keys, tags, patterns and namespaces"),
        (
            "{\"keys\":[],\"tags\":[],\"patterns\":[],\"namespaces\":[],\"key\":\"a\"}", "$.data",
            "$.data must name at least one of keys, tags, patterns and namespaces"
        ),
        (
            "{\"keys\":\"a\"}", "$.data.keys",
            "$.data.keys must be an array of non-empty strings, not a string"
        ),
        (
            "{\"keys\":null}", "$.data.keys",
            "$.data.keys must be an array of non-empty strings, not null"
        ),
        (
            "{\"keys\":[\"a\",\"b\",3]}", "$.data.keys[2]",
            "$.data.keys[2] must be a non-empty string, not a number"
        ),
        (
            "{\"keys\":[\"a\"],\"tags\":[\"\"]}", "$.data.tags[0]",
            "$.data.tags[0] must be a non-empty string, not an empty one"
        ),
        (
            "{\"patterns\":[[\"a\"]]}", "$.data.patterns[0]",
            "$.data.patterns[0] must be a non-empty string, not an array"
        ),
        (
            "{\"namespaces\":[\"a\\u0000b\"]}", "$.data.namespaces[0]",
            "$.data.namespaces[0] must be a string without U+0000"
        ),
        (
            "{\"keys\":[\"a\"],\"reason\":1}", "$.data.reason",
            "$.data.reason must be a string, not a number"
        ),
    ]
    .map { (data, path, message) in Garbage.data("cache.invalidate", data, path, message) }

    static let warmings = [
        ("{}", "$.data", "$.data must hold entries, or a loader and its keys, or both"),
        (
            "{\"entries\":[]}", "$.data",
            "$.data must hold entries, or a loader and its keys, or both"
        ),
        ("{\"entries\":{}}", "$.data.entries", "$.data.entries must be an array, not an object"),
        (
            "{\"entries\":[1]}", "$.data.entries[0]",
            "$.data.entries[0] must be an object, not a number"
        ),
        (
            "{\"entries\":[{\"value\":1}]}", "$.data.entries[0].key",
            "$.data.entries[0].key is required"
        ),
        (
            "{\"entries\":[{\"key\":\"a\"}]}", "$.data.entries[0].value",
            "$.data.entries[0].value is required"
        ),
        (
            "{\"loader\":\"l\"}", "$.data.keys",
            "$.data.keys must be a non-empty array, since $.data.loader is given"
        ),
        (
            "{\"loader\":\"l\",\"keys\":[]}", "$.data.keys",
            "$.data.keys must be a non-empty array, since $.data.loader is given"
        ),
        (
            "{\"keys\":[\"a\"]}", "$.data.loader",
            "$.data.loader is required, since $.data.keys is given"
        ),
        (
            "{\"ttl\":1}", "$.data.ttl",
            "$.data.ttl belongs to loader and keys: give each entry its own"
        ),
        (
            "{\"tags\":[]}", "$.data.tags",
            "$.data.tags belongs to loader and keys: give each entry its own"
        ),
        (
            "{\"ifAbsent\":\"yes\"}", "$.data.ifAbsent",
            "$.data.ifAbsent must be true or false, not a string"
        ),
        (
            #"{"entries":[{"key":"a","value":1},{"key":"b","value":1,"tags":["t",false]}]}"#,
            "$.data.entries[1].tags[1]",
            "$.data.entries[1].tags[1] must be a non-empty string, not a boolean"
        ),
    ]
    .map { (data, path, message) in Garbage.data("cache.warm", data, path, message) }

    static let lifetimes = [
        "0", "-1", "1e-9", "1e400", "3153600001", "0.00049",
        "1." + String(repeating: "0", count: 99),
    ]
    .map { ttl in
        Garbage.data(
            "cache.warm",
            "{\"entries\":[{\"key\":\"a\",\"value\":1,\"ttl\":\(ttl)}]}",
            "$.data.entries[0].ttl",
            "$.data.entries[0].ttl must be a number of seconds from 0.001 to 3153600000"
        )
    }

    static let cleanups = [
        ("{}", "$.data.task", "$.data.task is required"),
        ("[]", "$.data", "$.data must be an object, not an array"),
        (
            "{\"task\":\"\"}", "$.data.task",
            "$.data.task must be a non-empty string, not an empty one"
        ),
        ("{\"task\":true}", "$.data.task", "$.data.task must be a non-empty string, not a boolean"),
    ]
    .map { (data, path, message) in Garbage.data("cache.cleanup", data, path, message) }

    @Test(
        "and the path to the fault",
        arguments: texts + attributes + times + invalidations + warmings + lifetimes + cleanups
    )
    func refuses(garbage: Garbage) {
        var decoder = EventDecoder()
        let error = #expect(throws: EventError.self) {
            try decoder.decode(Array(garbage.text.utf8)[...])
        }
        #expect(error?.reason == garbage.reason)
        #expect(error?.path == garbage.path)
        if !garbage.message.isEmpty { #expect(error?.message == garbage.message) }
        #expect(error?.message.contains(garbage.path) == true)
    }

    @Test("when it is not UTF-8")
    func notUTF8() {
        var decoder = EventDecoder()
        let bytes = Array("{\"type\":\"task.a\",\"data\":\"".utf8) + [0xFF] + Array("\"}".utf8)
        let error = #expect(throws: EventError.self) { try decoder.decode(bytes[...]) }
        #expect(error?.reason == .notUTF8)
        #expect(error?.message == "the bytes are not UTF-8 ($.data, byte 25)")
    }

    @Test("when it is larger than the limit, and not when it is just as large")
    func tooLarge() throws {
        let event = Array("{\"type\":\"task.a\",\"data\":0}".utf8)
        var decoder = EventDecoder(limits: EventLimits(maxEventBytes: event.count))
        _ = try decoder.decode(event[...])
        let error = #expect(throws: EventError.self) { try decoder.decode((event + [0x20])[...]) }
        #expect(error?.reason == .tooLarge)
        var standard = EventDecoder()
        let large = [UInt8](repeating: 0x20, count: 5_000_000)
        #expect(
            throws: EventError(
                .tooLarge,
                path: "$",
                message: "the event has 5000000 bytes, more than 1048576"
            )
        ) {
            try standard.decode(large[...])
        }
    }

    @Test("and the good events around it are read")
    func goodOnes() throws {
        var decoder = EventDecoder()
        for garbage in EventGarbageTests.texts + EventGarbageTests.invalidations {
            #expect(throws: EventError.self) { try decoder.decode(Array(garbage.text.utf8)[...]) }
            let event = try decoder.decode(Array("{\"type\":\"task.a\",\"data\":0}".utf8)[...])
            #expect(event.job.type == "task.a")
        }
    }
}
