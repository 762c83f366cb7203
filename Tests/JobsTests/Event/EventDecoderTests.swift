import Jobs
import Testing

@Suite("An event decoder")
struct EventDecoderTests {
    private func decode(_ text: String) throws(EventError) -> Event {
        var decoder = EventDecoder()
        return try decoder.decode(Array(text.utf8)[...])
    }

    @Test("reads the smallest invalidation")
    func smallest() throws {
        let event = try decode(#"{"type":"cache.invalidate","data":{"keys":["app:user:1"]}}"#)
        #expect(event == Event(job: .invalidate(Invalidation(keys: ["app:user:1"]))))
        #expect(event.id == nil)
    }

    @Test("reads every attribute and every list of an invalidation, in any order")
    func wholeInvalidation() throws {
        let event = try decode(
            #"""
            {"data":{"reason":"price","namespaces":["app"],"patterns":["a:*"],"tags":["t","é\n"],
             "keys":["k1","k2"],"more":[{}]},"traceparent":"00-4b-00-01","subject":"product:42",
             "time":"2026-11-20T09:00:00Z","source":"/orders","id":"7f0c","specversion":"1.0",
             "datacontenttype":"application/json","type":"cache.invalidate","unknown":{"a":[1]}}
            """#
        )
        let invalidation = Invalidation(
            keys: ["k1", "k2"],
            tags: ["t", "é\n"],
            patterns: ["a:*"],
            namespaces: ["app"],
            reason: "price"
        )
        var expected = Event(id: "7f0c", source: "/orders", job: .invalidate(invalidation))
        expected.subject = "product:42"
        expected.time = "2026-11-20T09:00:00Z"
        expected.traceparent = "00-4b-00-01"
        #expect(event == expected)
    }

    @Test("keeps a warmed value byte for byte")
    func warmedValues() throws {
        let event = try decode(
            #"""
            {"type":"cache.warm","data":{"ifAbsent":true,"entries":[
              {"key":"a","value": { "n" : 1.0e0 , "s":"\u00e9" } ,"ttl":60,"tags":["t"]},
              {"value":null,"key":"b"}, {"key":"c","value":"x","ttl":0.25}]}}
            """#
        )
        let entries = [
            WarmEntry(
                key: "a",
                value: Array(#"{ "n" : 1.0e0 , "s":"\u00e9" }"#.utf8),
                timeToLive: .seconds(60),
                tags: ["t"]
            ),
            WarmEntry(key: "b", value: Array("null".utf8)),
            WarmEntry(key: "c", value: Array("\"x\"".utf8), timeToLive: .milliseconds(250)),
        ]
        #expect(event.job == .warm(Warming(entries: entries, ifAbsent: true)))
    }

    @Test("reads a warming by a loader")
    func loading() throws {
        let event = try decode(
            #"{"type":"cache.warm","data":{"loader":"users","keys":["u:1"],"ttl":5,"tags":["u"]}}"#
        )
        let loading = Loading(
            loader: "users",
            keys: ["u:1"],
            timeToLive: .seconds(5),
            tags: ["u"]
        )
        #expect(event.job == .warm(Warming(loading: loading)))
    }

    @Test("keeps the parameters of a cleanup and the arguments of a task as JSON text")
    func verbatimData() throws {
        let cleanup = try decode(
            #"{"type":"cache.cleanup","data":{"task":"orphaned-tags", "batch": 1.50}}"#
        )
        let parameters = Array(#"{"task":"orphaned-tags", "batch": 1.50}"#.utf8)
        #expect(cleanup.job == .cleanup(Cleanup(task: "orphaned-tags", parameters: parameters)))
        for arguments in ["[1, 2]", "null", "{}", "\"\\u0000\"", "1e999"] {
            let task = try decode("{\"type\":\"task.mail.send\",\"data\": \(arguments) }")
            let call = TaskCall(name: "mail.send", arguments: Array(arguments.utf8))
            #expect(task.job == .task(call))
        }
    }

    @Test("takes an optional attribute that is null for one that is absent")
    func nullAttributes() throws {
        let event = try decode(
            #"{"id":null,"source":null,"time":null,"type":"task.a","data":null,"specversion":null}"#
        )
        #expect(event == Event(job: .task(TaskCall(name: "a", arguments: Array("null".utf8)))))
    }

    @Test(
        "accepts the timestamps that RFC 3339 allows",
        arguments: [
            "2026-11-20T09:00:00Z", "2026-11-20t09:00:00z", "2024-02-29T23:59:60Z",
            "2026-11-20T09:00:00.123456789+05:30", "2000-02-29T00:00:00-23:59",
        ]
    )
    func timestamps(time: String) throws {
        let event = try decode("{\"type\":\"task.a\",\"time\":\"\(time)\",\"data\":0}")
        #expect(event.time == time)
    }

    @Test(
        "rounds a ttl to whole milliseconds",
        arguments: [
            ("1", Duration.seconds(1)), ("0.001", .milliseconds(1)), ("0.1", .milliseconds(100)),
            ("1.0004", .seconds(1)), ("1e3", .seconds(1_000)),
            ("3153600000", .seconds(3_153_600_000)),
        ]
    )
    func timeToLive(text: String, expected: Duration) throws {
        let event = try decode(
            #"{"type":"cache.warm","data":{"entries":[{"key":"a","value":1,"ttl":\#(text)}]}}"#
        )
        let entry = WarmEntry(key: "a", value: Array("1".utf8), timeToLive: expected)
        #expect(event.job == .warm(Warming(entries: [entry])))
    }
}
