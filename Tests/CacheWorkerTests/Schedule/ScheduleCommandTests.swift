import TestSupport
import Testing

/// The schedule by hand, on a real Redis that nobody else uses.
@Suite(.timeLimit(.minutes(5))) struct ScheduleCommandTests {
    private struct Desk {
        let redis: RedisServer

        func schedule(_ arguments: String..., input: String? = nil) async throws -> Command {
            try await Command.run(
                try Executable.built("cacheworker"),
                ["schedule"] + arguments,
                environment: ["REDIS_URL": redis.url, "USER": "grace"],
                input: input
            )
        }

        /// Makes an entry, daily at two in Berlin.
        func makeNightly() async throws {
            let event = #"{"type":"cache.invalidate","data":{"keys":["day:{{date}}"]}}"#
            let set = try await schedule(
                "set",
                "nightly",
                "--cron=0 2 * * *",
                "--tz=Europe/Berlin",
                "--event=\(event)"
            )
            #expect(set.exit == .status(0), "\(set.errors)")
        }
    }

    private func withDesk(_ body: (Desk) async throws -> Void) async throws {
        try await withRedis { redis in try await body(Desk(redis: redis)) }
    }

    @Test func `an entry is made, changed, listed and removed`() async throws {
        try await withDesk { desk in
            let json = #"{"name":"ping","every":60,"event":{"type":"task.ping","data":{}}}"#
            let made = try await desk.schedule("set", json, "--json")
            #expect(made.exit == .status(0), "\(made.errors)")
            #expect(try JSONObject.one(made.output)["change"] == "created")
            let same = try await desk.schedule("set", "-", input: json)
            #expect(same.output.hasPrefix("ping unchanged, fires next at 20"))
            let slower = json.replacing("60", with: "120")
            let changed = try await desk.schedule("set", "-", "--json", input: slower)
            let record = try JSONObject.one(changed.output)
            #expect(record["change"] == "changed" && record["entry"] == slower)
            try await desk.makeNightly()
            let list = try JSONObject.list(try await desk.schedule("list", "--json").output)
            #expect(list.map { $0["name"] } == ["nightly", "ping"])
            #expect(list.allSatisfy { $0["state"] == "active" && $0["origin"] == "dynamic" })
            let table = try await desk.schedule("list")
            #expect(table.output.contains("0 2 * * * Europe/Berlin\n"))
            #expect(table.output.contains("every 120 s\n"))
            let gone = try await desk.schedule("delete", "ping", "--json")
            #expect(gone.output == "{\"name\":\"ping\",\"change\":\"deleted\"}\n")
            let again = try await desk.schedule("delete", "ping")
            #expect(again.exit == .status(65) && again.output == "")
            #expect(again.errors.contains("there is no entry ping"))
        }
    }

    @Test func `a pause tells who and why, and a second one changes nothing`() async throws {
        try await withDesk { desk in
            try await desk.makeNightly()
            let pause = try await desk.schedule("pause", "nightly", "--reason=a \u{1B}[2Jmove")
            #expect(pause.exit == .status(0))
            #expect(pause.output.hasPrefix("nightly is paused by grace@"))
            #expect(pause.output.hasSuffix(": a \u{FFFD}[2Jmove\n"))
            let second = try await desk.schedule("pause", "nightly", "--by=ada", "--json")
            let record = try JSONObject.one(second.output)
            #expect(record["state"] == "paused" && record["next"] == nil)
            #expect(record["paused"]?.contains("\"by\":\"grace@") == true)
            let next = try await desk.schedule("next", "nightly", "--count=1", "--json")
            #expect(next.errors.contains("nightly is paused: it does not fire"))
            #expect(try await desk.schedule("next", "--json").output == "[]\n")
            let resume = try await desk.schedule("resume", "nightly")
            #expect(resume.output.hasPrefix("nightly resumed, fires next at "))
        }
    }

    @Test func `an entry fires by hand, beside its times, and its history tells of it`()
        async throws
    {
        try await withDesk { desk in
            try await desk.makeNightly()
            let run = try JSONObject.one(try await desk.schedule("run", "nightly", "--json").output)
            #expect(run["cause"] == "manual" && run["outcome"] == "enqueued")
            let jobs = try desk.redis.probe().command("XRANGE", "{cw}:jobs:invalidate", "-", "+")
            let event = try JSONObject.one(jobs.elements.first?.elements.last?.texts.last ?? "")
            #expect(event["id"] == run["eventId"] && event["source"] == "/schedule/nightly")
            let day = run["instant"]?.prefix { $0 != "T" } ?? ""
            #expect(event["data"] == "{\"keys\":[\"day:\(day)\"]}")
            let history = try await desk.schedule("history", "nightly", "--json")
            #expect(try JSONObject.list(history.output).map { $0["eventId"] } == [run["eventId"]])
            let table = try await desk.schedule("history", "nightly")
            #expect(table.output.contains("manual     enqueued\n"))
        }
    }

    @Test func `coming firings tell of the clocks`() async throws {
        try await withDesk { desk in
            try await desk.makeNightly()
            let next = try await desk.schedule("next", "--from=2026-03-28T12:00:00Z", "--count=2")
            let change = "just after clocks go forward from 2026-03-29 02:00:00 to 03:00:00"
            let lines = next.output.split(separator: "\n").map(String.init)
            try #require(lines.count == 3)
            #expect(
                lines[1].hasPrefix("2026-03-29T01:00:00Z  Sun 2026-03-29 03:00:00 +02:00  nightly ")
            )
            #expect(lines[1].hasSuffix(change))
            #expect(lines[2] == "2026-03-30T00:00:00Z  Mon 2026-03-30 02:00:00 +02:00  nightly")
        }
    }

    @Test func `what is no entry is refused with its member, and nothing is changed`() async throws
    {
        try await withDesk { desk in
            let cron = try await desk.schedule("set", "a", "--cron=0 25 * * *", "--event={}")
            #expect(cron.exit == .status(65) && cron.output == "")
            #expect(cron.errors.contains("$.cron, hour (column 3)"), "\(cron.errors)")
            let event = try await desk.schedule(
                "set",
                "a",
                "--every=1m",
                "--event=1,\"enabled\":false"
            )
            #expect(event.exit == .status(65) && event.errors.contains("--event is no JSON"))
            let typo = try await desk.schedule("set", #"{"name":"a","evry":60}"#)
            #expect(typo.errors.contains("$.evry is not known: did you mean every?"))
            let file = try await desk.schedule("set", "--file=/gone.json")
            #expect(file.exit == .status(65))
            #expect(file.errors.contains("/gone.json cannot be read: No such file"))
            #expect(try await desk.schedule("list", "--json").output == "[]\n")
        }
    }

    @Test func `a name that is none is told with the one that is meant`() async throws {
        try await withDesk { desk in
            try await desk.makeNightly()
            for words in ["run", "pause", "resume", "delete", "history", "next"] {
                let typo = try await desk.schedule(words, "nightyl")
                #expect(typo.exit == .status(65) && typo.output == "")
                let message = "there is no entry nightyl in the schedule; did you mean nightly?"
                #expect(typo.errors.contains(message), "\(typo.errors)")
            }
        }
    }

    @Test func `entries of a file or of the program are theirs`() async throws {
        try await withDesk { desk in
            try await desk.makeNightly()
            try desk.redis.probe().command("HSET", "{cw}:schedule:entry:nightly", "origin", "file")
            let set = try await desk.schedule(
                "set",
                "nightly",
                "--every=60",
                "--event={\"type\":\"task.a\",\"data\":{}}"
            )
            #expect(set.exit == .status(65))
            #expect(set.errors.contains("change it there, or pause it"))
            #expect(try await desk.schedule("delete", "nightly").exit == .status(65))
            #expect(try await desk.schedule("pause", "nightly").exit == .status(0))
        }
    }

    @Test func `an entry that cannot be read hides no other one`() async throws {
        try await withDesk { desk in
            try await desk.makeNightly()
            let other = #"{"name":"a","every":60,"event":{"type":"task.a","data":{}}}"#
            #expect(try await desk.schedule("set", other).exit == .status(0))
            let newer = #"{"name":"a","every":60,"moon":"full"}"#
            try desk.redis.probe().command("HSET", "{cw}:schedule:entry:a", "json", newer)
            let list = try JSONObject.list(try await desk.schedule("list", "--json").output)
            #expect(list.map { $0["state"] } == ["unreadable", "active"])
            #expect(list.first?["error"]?.contains("$.moon is not known") == true)
            let table = try await desk.schedule("list")
            #expect(
                table.exit == .status(0) && table.output.contains("unreadable\n    the entry a ")
            )
            let next = try await desk.schedule("next", "--count=1")
            #expect(next.output.contains("nightly") && next.errors.contains("$.moon"))
            let one = try await desk.schedule("next", "a")
            #expect(one.exit == .status(78) && one.errors.contains("the entry a cannot be read"))
            #expect(try await desk.schedule("delete", "a").exit == .status(0))
            #expect(try await desk.schedule("pause", "nightly").exit == .status(0))
            let none = try await desk.schedule("next")
            #expect(none.exit == .status(0) && none.errors.contains("nothing fires after that"))
        }
    }

    @Test func `a server that is away is told at once`() async throws {
        let port = try FreePort.next()
        let away = try await Command.run(
            try Executable.built("cacheworker"),
            ["schedule", "list", "--redis-url", "redis://127.0.0.1:\(port)", "--json"]
        )
        #expect(away.exit == .status(69) && away.output == "")
        let none = try await Command.run(try Executable.built("cacheworker"), ["schedule", "list"])
        #expect(none.exit == .status(78) && none.errors.contains("the schedule needs REDIS_URL"))
    }
}
