import TestSupport
import Testing

extension EndToEnd {
    /// Warming, and what takes warmed entries away again.
    @Suite("Warming")
    struct WarmTests {
        @Test("stores each value byte for byte, with its life and its tags")
        func values() async throws {
            try await withDeployment { deployment in
                let probe = deployment.probe
                _ = try await deployment.startWorker()
                let value = #"{ "name" : "Ad\u0061",  "n":1.0e2, "list":[ 1 ,2],"ü":null}"#
                try JobStream("warm", probe)
                    .add(
                        """
                        {"type":"cache.warm","data":{"entries":[
                          {"key":"app:user:1","value":\(value),"ttl":120,"tags":["user:1","team"]},
                          {"key":"app:user:2","value":"text","ttl":0.5},
                          {"key":"app:user:3","value":false,"tags":["team"]}]}}
                        """
                    )
                try await JobStream("warm", probe).idle()
                let stored = try await Command.output(
                    of: "redis-cli",
                    ["-p", "\(deployment.redis.port)", "--raw", "GET", "app:user:1"]
                )
                #expect(stored == value + "\n")
                let life = try probe.command("PTTL", "app:user:1").integer ?? 0
                #expect((100_000...120_000).contains(life))
                #expect(try probe.command("GET", "app:user:3").text == "false")
                #expect(try probe.command("TTL", "app:user:3").integer ?? 0 > 3_000)
                let team = try probe.command("SMEMBERS", "cw:tag:team").texts
                #expect(Set(team) == ["app:user:1", "app:user:3"])
                try await deployment.gone("app:user:2")
            }
        }

        @Test("gives way to a present value when it is told to")
        func ifAbsent() async throws {
            try await withDeployment { deployment in
                let probe = deployment.probe
                _ = try await deployment.startWorker()
                try probe.command("SET", "app:1", "old")
                try JobStream("warm", probe)
                    .add(
                        """
                        {"type":"cache.warm","data":{"ifAbsent":true,"entries":[
                          {"key":"app:1","value":"new","tags":["t"]},
                          {"key":"app:2","value":"new","tags":["t"]}]}}
                        """
                    )
                try await JobStream("warm", probe).idle()
                #expect(try probe.command("GET", "app:1").text == "old")
                #expect(try probe.command("GET", "app:2").text == "\"new\"")
                #expect(try probe.command("SMEMBERS", "cw:tag:t").texts == ["app:2"])
            }
        }

        @Test("of one key keeps its place among the invalidations around it")
        func order() async throws {
            try await withDeployment { deployment in
                let probe = deployment.probe
                let stream = JobStream("warm", probe)
                for number in 0..<50 {
                    try stream.add(Self.warm("app:\(number)", "1", tags: ["t\(number)"]))
                    let target =
                        switch number % 4 {
                        case 0: #""keys":["app:\#(number)"]"#
                        case 1: #""tags":["t\#(number)"]"#
                        case 2: #""patterns":["app:\#(number)"]"#
                        default: #""namespaces":["app"]"#
                        }
                    try stream.add(#"{"type":"cache.invalidate","data":{\#(target)}}"#)
                    if number % 2 == 0 { try stream.add(Self.warm("app:\(number)", "2")) }
                }
                // The last namespace takes all before it.
                try stream.add(Self.warm("app:last", "1"))
                try stream.add(#"{"type":"cache.invalidate","data":{"namespaces":["app"]}}"#)
                try stream.add(Self.warm("app:last", "2"))
                _ = try await deployment.startWorker()
                try await stream.idle()
                #expect(try probe.command("KEYS", "app:*").texts == ["app:last"])
                #expect(try probe.command("GET", "app:last").text == "2")
                #expect(try JobStream.deadLetters(probe).isEmpty)
            }
        }

        @Test("is undone by a tag that foreign programs have added keys to")
        func foreignTag() async throws {
            try await withDeployment { deployment in
                let probe = deployment.probe
                _ = try await deployment.startWorker()
                try JobStream("warm", probe).add(Self.warm("app:1", "1", tags: ["user:1"]))
                try await JobStream("warm", probe).idle()
                try probe.command("SET", "other:1", "x")
                try probe.command("SADD", "cw:tag:user:1", "other:1", "never:there", "{cw}:seq")
                try probe.command("SET", "other:2", "x")
                try JobStream("invalidate", probe)
                    .add(#"{"type":"cache.invalidate","data":{"tags":["user:1"]}}"#)
                try await JobStream("invalidate", probe).idle()
                #expect(try probe.command("EXISTS", "app:1", "other:1").integer == 0)
                #expect(try deployment.exists("other:2"))
                #expect(try deployment.exists("{cw}:seq"))
                try expectGapless(probe)
            }
        }

        @Test("is undone by a namespace, and names that only begin alike stay")
        func namespace() async throws {
            try await withDeployment { deployment in
                let probe = deployment.probe
                _ = try await deployment.startWorker()
                let kept = ["apple:1", "app", "ap:1", "xapp:1", "a*p:1"]
                let gone = ["app:1", "app:", "app:x:y", "w[i]ld*:1"]
                for key in kept + gone { try probe.command("SET", key, "x") }
                try probe.command("SET", "wild-:1", "x")
                let names = #"["app","w[i]ld*","{cw}"]"#
                try JobStream("invalidate", probe)
                    .add(#"{"type":"cache.invalidate","data":{"namespaces":\#(names)}}"#)
                try await JobStream("invalidate", probe).idle()
                for key in kept + ["wild-:1"] { #expect(try deployment.exists(key), "\(key)") }
                for key in gone { #expect(try !deployment.exists(key), "\(key)") }
                #expect(try deployment.exists("{cw}:journal"))
                #expect(try deployment.exists("{cw}:jobs:invalidate"))
            }
        }

        @Test("leaves no members of tags behind that orphaned-tags does not find")
        func cleanup() async throws {
            try await withDeployment { deployment in
                let probe = deployment.probe
                _ = try await deployment.startWorker()
                try probe.command("SET", "app:1", "x")
                try probe.command("SADD", "cw:tag:a", "app:1", "gone:1", "gone:2")
                try probe.command("SADD", "cw:tag:b", "gone:3")
                try probe.command("SET", "cw:tag:no-set", "x")
                let stream = JobStream("cleanup", probe)
                try stream.add(#"{"type":"cache.cleanup","data":{"task":"orphaned-tags"}}"#)
                try stream.add(#"{"type":"cache.cleanup","data":{"task":"expired-local"}}"#)
                try stream.add(#"{"type":"cache.cleanup","data":{"task":"sweep-floor"}}"#)
                try await stream.idle()
                #expect(try probe.command("SMEMBERS", "cw:tag:a").texts == ["app:1"])
                #expect(try !deployment.exists("cw:tag:b"))
                let letters = try JobStream.deadLetters(probe)
                #expect(letters.count == 1)
                let error = String(decoding: letters.first?["error"] ?? [], as: UTF8.self)
                #expect(error.contains("sweep-floor"))
                #expect(error.contains("orphaned-tags, empty-windows"))
            }
        }

        @Test("of many entries with many tags blocks nobody")
        func manyTags() async throws {
            try await withDeployment { deployment in
                let probe = deployment.probe
                let stream = JobStream("warm", probe)
                let jobs = (0..<20).map { ["XADD", stream.key, "*", "event", Self.tagged($0)] }
                _ = try await deployment.startWorker()
                try await SlowCommands(probe)
                    .expectNone {
                        let tags = try probe.command("KEYS", "cw:tag:*").texts
                        try probe.command(["DEL", "none"] + tags)
                    } during: {
                        // One step, so that the worker reads them as one batch.
                        try probe.pipeline([["MULTI"]] + jobs + [["EXEC"]])
                        try await stream.idle()
                    }
                #expect(try probe.command("KEYS", "cw:tag:*").elements.count == 800)
                #expect(try probe.command("SCARD", "cw:tag:t199:3").integer == 240)
            }
        }

        @Test("does not touch keys of the service")
        func ownKeys() async throws {
            try await withDeployment { deployment in
                let probe = deployment.probe
                _ = try await deployment.startWorker()
                let stream = JobStream("warm", probe)
                try stream.add(Self.warm("{cw}:seq", "9"))
                try stream.add(Self.warm("cw:tag:x", "9"))
                try stream.add(Self.warm("fine:1", "1"))
                try await stream.idle()
                #expect(try JobStream.deadLetters(probe).count == 2)
                #expect(try probe.command("GET", "fine:1").text == "1")
                try stream.add(#"{"type":"cache.invalidate","data":{"patterns":["*"]}}"#)
                try await stream.idle()
                #expect(try !deployment.exists("fine:1"))
                #expect(try deployment.exists("{cw}:seq"))
                try expectGapless(probe)
            }
        }

        /// A warming of 50 entries with 200 tags each.
        private static func tagged(_ number: Int) -> String {
            let entries = (0..<50)
                .map { entry in
                    let tags = (0..<200).map { #""t\#($0):\#(entry % 4)""# }.joined(separator: ",")
                    return #"{"key":"a:\#(number):\#(entry)","value":1,"tags":[\#(tags)]}"#
                }
            let list = entries.joined(separator: ",")
            return #"{"type":"cache.warm","data":{"entries":[\#(list)]}}"#
        }

        private static func warm(_ key: String, _ value: String, tags: [String] = []) -> String {
            let list = tags.map { "\"\($0)\"" }.joined(separator: ",")
            return #"{"type":"cache.warm","data":{"entries":[{"key":"\#(key)","value":\#(value),"#
                + #""tags":[\#(list)]}]}}"#
        }
    }
}
