import Codecs
import Jobs
import Testing

@Suite("An encoded event")
struct EventEncodingTests {
    @Test("is compact CloudEvents JSON with what is given and nothing else")
    func text() {
        var event = Event(id: "1", source: "/a", job: .invalidate(Invalidation(keys: ["k\"1"])))
        event.time = "2026-11-20T09:00:00Z"
        let expected =
            #"{"specversion":"1.0","id":"1","source":"/a","type":"cache.invalidate","#
            + #""time":"2026-11-20T09:00:00Z","data":{"keys":["k\"1"]}}"#
        #expect(String(decoding: event.encoded(), as: UTF8.self) == expected)
    }

    static let jobs: [Job] = [
        .invalidate(Invalidation(keys: ["a", "é\u{1}\"\\"], reason: "")),
        .invalidate(Invalidation(tags: ["t"], patterns: ["a:*"], namespaces: ["n"], reason: "why")),
        .warm(Warming(entries: [WarmEntry(key: "k", value: Array("{ \"a\" : 1.0 }".utf8))])),
        .warm(
            Warming(
                entries: [
                    WarmEntry(key: "k", value: Array("null".utf8), timeToLive: .milliseconds(1)),
                    WarmEntry(
                        key: "l",
                        value: Array("[]".utf8),
                        timeToLive: .milliseconds(90_250),
                        tags: ["x", "y"]
                    ),
                ],
                loading: Loading(
                    loader: "users",
                    keys: ["u"],
                    timeToLive: .seconds(3_153_600_000),
                    tags: ["z"]
                ),
                ifAbsent: true
            )
        ),
        .warm(Warming(loading: Loading(loader: "users", keys: ["u", "v"]))),
        .cleanup(Cleanup(task: "orphaned-tags")),
        .cleanup(Cleanup(task: "a\"b")),
        .cleanup(Cleanup(task: "x", parameters: Array("{\"task\":\"x\", \"n\": 5}".utf8))),
        .task(TaskCall(name: "mail")),
        .task(TaskCall(name: "a.b", arguments: Array("[1, \"\\u00e9\"]".utf8))),
    ]

    @Test("is read back as the same event", arguments: jobs)
    func roundTrip(job: Job) throws {
        var event = Event(id: "id-é", source: "/s\"", job: job)
        event.subject = "sub\nject"
        event.traceparent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01"
        var decoder = EventDecoder()
        #expect(try decoder.decode(event.encoded()[...]) == event)
        #expect(try decoder.decode(Event(job: job).encoded()[...]) == Event(job: job))
    }

    @Test("writes every lifetime of whole milliseconds so that it is read back exactly")
    func lifetimes() throws {
        var decoder = EventDecoder()
        for milliseconds in [
            1, 9, 10, 99, 100, 999, 1_000, 1_001, 59_999, 86_400_123, 31_536_000_007,
        ] {
            let entry = WarmEntry(
                key: "k",
                value: Array("1".utf8),
                timeToLive: .milliseconds(milliseconds)
            )
            let event = Event(job: .warm(Warming(entries: [entry])))
            #expect(try decoder.decode(event.encoded()[...]) == event)
        }
    }
}
