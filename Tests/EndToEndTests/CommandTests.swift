import TestSupport
import Testing

extension EndToEnd {
    /// The commands that an operator or a script calls.
    @Suite("A command")
    struct CommandTests {
        @Test("publishes to the broker, each form, with nothing but ids on standard output")
        func publishToBroker() async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                _ = try await deployment.startWorker()
                try await expectPublished(deployment, transport: [])
                try await host.settled("cache.invalidate", dead: 0)
                #expect(try JobStream("invalidate", deployment.probe).length == 0)
                try await deployment.expectWarmed(by: "--to", "amqp")
            }
        }

        @Test("publishes to a stream, each form, with nothing but ids on standard output")
        func publishToStream() async throws {
            try await withDeployment { deployment in
                _ = try await deployment.startWorker()
                try await expectPublished(deployment, transport: ["--to", "stream"])
                try await deployment.expectWarmed(by: "--to", "stream")
            }
        }

        private func expectPublished(_ deployment: Deployment, transport: [String]) async throws {
            let folder = try TemporaryFolder()
            defer { folder.remove() }
            let file = try folder.write(
                """
                {"id":"first","type":"cache.invalidate","data":{"keys":["k:1"]}}
                {"id":"second","type":"cache.invalidate","data":{"keys":["k:2"]}}
                """,
                to: "events"
            )
            let forms: [(arguments: [String], input: String?, ids: [String]?)] = [
                (["--key", "k:0", "--namespace", "ns"], nil, nil),
                (["--file", file], nil, ["first", "second"]),
                (
                    ["--file", "-"],
                    #"{"id":"third","type":"cache.invalidate","data":{"keys":["k:3"]}}"#,
                    ["third"]
                ),
                (["--type", "cache.invalidate", "--data", #"{"patterns":["k:[4]"]}"#], nil, nil),
            ]
            for number in 0..<5 { try deployment.probe.command("SET", "k:\(number)", "x") }
            try deployment.probe.command("SET", "ns:1", "x")
            for form in forms {
                let run = try await Command.run(
                    try Executable.built("cacheworker"),
                    ["publish"] + form.arguments + transport,
                    environment: deployment.settings,
                    input: form.input
                )
                #expect(run.exit == .status(0), "\(form.arguments): \(run.errors)")
                let ids = run.output.split(separator: "\n").map(String.init)
                if let expected = form.ids {
                    #expect(ids == expected)
                } else {
                    #expect(ids.count == 1)
                    #expect(ids.first?.count == 32)
                }
            }
            for number in 0..<5 { try await deployment.gone("k:\(number)") }
            try await deployment.gone("ns:1")
        }

        @Test("refuses a bad event with 65, naming line and path, and publishes nothing")
        func badEvent() async throws {
            try await withDeployment { deployment in
                let run = try await deployment.run(
                    "publish",
                    "--file",
                    "-",
                    input: """
                        {"type":"cache.invalidate","data":{"keys":["k"]}}

                        {"type":"cache.invalidate","data":{"keys":["k",""]}}
                        """
                )
                #expect(run.exit == .status(65))
                #expect(run.output.isEmpty)
                #expect(run.errors.contains("standard input, line 3"), "\(run.errors)")
                #expect(run.errors.contains("$.data.keys[1]"))
                #expect(try !deployment.exists("{cw}:jobs:invalidate"))
                let data = try await deployment.run(
                    "publish",
                    "--type",
                    "cache.warm",
                    "--data",
                    "{}"
                )
                #expect(data.exit == .status(65))
                let missing = try await deployment.run("publish", "--file", "/none/such")
                #expect(missing.exit == .status(65))
                #expect(missing.errors.contains("/none/such"))
            }
        }

        @Test("says within seconds that a server is away, with 69")
        func serverAway() async throws {
            let port = try FreePort.next()
            let calls = [
                ["publish", "--key", "k", "--redis-url", "redis://127.0.0.1:\(port)"],
                ["publish", "--key", "k", "--amqp-url", "amqp://guest:guest@127.0.0.1:\(port)"],
                ["cache", "get", "k", "--redis-url", "redis://127.0.0.1:\(port)"],
                ["cache", "delete", "k", "--redis-url", "redis://127.0.0.1:\(port)"],
            ]
            for call in calls {
                let start = ContinuousClock.now
                let run = try await Command.run(try Executable.built("cacheworker"), call)
                #expect(run.exit == .status(69), "\(call): \(run.errors)")
                #expect(run.output.isEmpty)
                #expect(run.errors.contains("\(port)"))
                #expect(start.duration(to: .now) < .seconds(10), "\(call)")
            }
        }

        @Test("reads and changes the cache, and others hear of it")
        func cache() async throws {
            try await withDeployment { deployment in
                let listener = try CoherenceListener(deployment.redis)
                func output(_ arguments: String..., status: Int32 = 0) async throws -> String {
                    let run = try await Command.run(
                        try Executable.built("cacheworker"),
                        ["cache"] + arguments,
                        environment: deployment.settings
                    )
                    #expect(run.exit == .status(status), "\(arguments): \(run.errors)")
                    return run.output
                }
                let value = #"{"name":"Ada"}"#
                let set = try await output("set", "app:1", value, "--ttl", "60", "--tag", "t")
                #expect(set == "1\n")
                #expect(try listener.next().k == ["app:1"])
                #expect(try deployment.probe.command("GET", "app:1").text == value)
                #expect(try deployment.probe.command("TTL", "app:1").integer ?? 0 > 50)
                #expect(try await output("get", "app:1", "none") == value + "\n")
                try deployment.probe.command(bytes: [
                    Array("SET".utf8), Array("bin".utf8), [0xff, 0, 0x0a, 0xfe],
                ])
                let bytes = try await Command.output(
                    of: "sh",
                    ["-c", #""$0" cache get bin | od -An -tx1"#, Executable.built("cacheworker")],
                    environment: deployment.settings
                )
                #expect(bytes == " ff 00 0a fe 0a\n")
                let json = try await output("get", "app:1", "none", "--json")
                #expect(json == #"{"app:1":"{\"name\":\"Ada\"}","none":null}"# + "\n")
                let kept = try await output("set", "app:1", "2", "--if-absent", "--json")
                #expect(kept == #"{"written":0}"# + "\n")
                let tagged = try await output("invalidate", "--tag", "t", "--json")
                #expect(tagged == "{\"removed\":1}\n")
                #expect(try !deployment.exists("app:1"))
                for number in 0..<5 { try deployment.probe.command("SET", "app:\(number)", "x") }
                #expect(try await output("delete", "app:0", "app:1", "app:9") == "2\n")
                let removed = try await output(
                    "invalidate",
                    "--pattern",
                    "app:[23]",
                    "--namespace",
                    "app"
                )
                #expect(removed == "3\n")
                #expect(try await output("set", "{cw}:seq", "1", status: 65).isEmpty)
                #expect(try await output("delete", "cw:tag:t", status: 65).isEmpty)
                try expectGapless(deployment.probe)
            }
        }

        @Test("tells its version, as JSON too")
        func version() async throws {
            let program = try Executable.built("cacheworker")
            let text = try await Command.output(of: program, ["version"])
            let json = try await Command.output(of: program, ["version", "--json"])
            let number = text.split(whereSeparator: \.isWhitespace).last.map(String.init) ?? ""
            #expect(json == "{\"version\":\"\(number)\"}\n")
        }
    }
}

extension Deployment {
    /// Publishes a warming and waits for its entry.
    fileprivate func expectWarmed(by transport: String...) async throws {
        let data = #"{"entries":[{"key":"warm:1","value":{"a": 1}}]}"#
        let run = try await Command.run(
            try Executable.built("cacheworker"),
            ["publish", "--type", "cache.warm", "--data", data] + transport,
            environment: settings
        )
        #expect(run.exit == .status(0), "\(run.errors)")
        try await eventually("the entry is there") {
            try probe.command("GET", "warm:1").text == #"{"a": 1}"#
        }
    }
}
