import Foundation
import TestSupport

/// Bytes that are no event, and the word by which the dead letters call them.
struct Garbage: Sendable {
    let name: String
    let body: [UInt8]
    let reason: String
    let headers: [String]

    init(_ name: String, _ body: [UInt8], _ reason: String, headers: [String] = []) {
        self.name = name
        self.body = body
        self.reason = reason
        self.headers = headers
    }

    init(_ name: String, _ body: String, _ reason: String, headers: [String] = []) {
        self.init(name, Array(body.utf8), reason, headers: headers)
    }

    private static let key = #"{"type":"cache.invalidate","data":{"keys":["good:0"]}}"#

    /// What is garbage on every transport.
    static let everywhere: [Garbage] = [
        Garbage("not JSON", "hello", "not-json"),
        Garbage("not UTF-8", [0x22, 0xff, 0xfe, 0x22], "not-utf8"),
        Garbage("5 MB", [UInt8](repeating: UInt8(ascii: "["), count: 5 << 20), "too-large"),
        Garbage(
            "depth 10,000",
            String(repeating: "[", count: 10_000) + String(repeating: "]", count: 10_000),
            "too-deep"
        ),
        Garbage("unknown type", #"{"type":"cache.explode","data":{}}"#, "unknown-type"),
        Garbage("no type", #"{"data":{"keys":["a"]}}"#, "schema"),
        Garbage("no data", #"{"type":"cache.invalidate"}"#, "schema"),
        Garbage("empty arrays", #"{"type":"cache.invalidate","data":{"keys":[]}}"#, "schema"),
        Garbage("an empty key", #"{"type":"cache.invalidate","data":{"keys":[""]}}"#, "schema"),
        Garbage("wrong type", #"{"type":"cache.invalidate","data":{"keys":"good:0"}}"#, "schema"),
        Garbage("number as key", #"{"type":"cache.invalidate","data":{"keys":[1]}}"#, "schema"),
        Garbage("an array", "[" + key + "]", "schema"),
        Garbage("null", "null", "schema"),
        Garbage("NUL bytes", [0, 0, 0], "not-json"),
        Garbage("NUL behind", Array(key.utf8) + [0], "not-json"),
        Garbage(
            "duplicate keys",
            #"{"type":"cache.invalidate","data":{"keys":["a"],"keys":["b"]}}"#,
            "duplicate-key"
        ),
        Garbage("byte order mark", [0xef, 0xbb, 0xbf] + Array(key.utf8), "not-json"),
        Garbage("trailing text", key + " {}", "not-json"),
        Garbage("cut off", String(key.dropLast()), "not-json"),
        Garbage("nothing", "", "not-json"),
        Garbage("a lone surrogate", #"{"type":"cache.invalidate\ud800"}"#, "not-json"),
        Garbage("own key", #"{"type":"cache.invalidate","data":{"keys":["{cw}:seq"]}}"#, "invalid"),
        Garbage("own tag", #"{"type":"cache.invalidate","data":{"keys":["cw:tag:a"]}}"#, "invalid"),
        Garbage(
            "time to live of zero",
            #"{"type":"cache.warm","data":{"entries":[{"key":"a","value":1,"ttl":0}]}}"#,
            "schema"
        ),
        Garbage("unknown task", #"{"type":"task.resize","data":{}}"#, "unknown-task"),
        Garbage(
            "unknown loader",
            #"{"type":"cache.warm","data":{"loader":"db","keys":["a"]}}"#,
            "unknown-loader"
        ),
    ]

    /// What is garbage because of the headers beside it.
    static let onlyAMQP: [Garbage] = [
        Garbage(
            "binary mode, unknown type",
            #"{"keys":["a"]}"#,
            "unknown-type",
            headers: ["ce-type: cache.explode"]
        ),
        Garbage(
            "binary mode, no JSON",
            "keys=a",
            "not-json",
            headers: ["ce-type: cache.invalidate"]
        ),
        Garbage(
            "binary mode, two prefixes",
            #"{"keys":["b"]}"#,
            "schema",
            headers: ["ce-type: cache.invalidate", "cloudEvents_id: 1"]
        ),
    ]
}

extension VirtualHost {
    /// Publishes any bytes with amqp-publish.
    func publish(_ garbage: Garbage) async throws {
        let folder = try TemporaryFolder()
        defer { folder.remove() }
        try Data(garbage.body).write(to: URL(fileURLWithPath: folder.file("body")))
        let headers = garbage.headers.flatMap { ["-H", $0] }
        _ = try await Command.output(
            of: "sh",
            [
                "-c", #"file=$1; shift; exec amqp-publish "$@" < "$file""#, "sh",
                folder.file("body"), "-u", url, "-e", "cache.jobs", "-r", "invalidate.garbage",
                "-C", "application/json", "-p",
            ] + headers
        )
    }
}
