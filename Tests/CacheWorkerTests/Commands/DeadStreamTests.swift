import Codecs
import TestSupport
import Testing

@Suite("Dead letters of the streams")
struct DeadStreamTests {
    @Test("are listed with what is known about them, in a table and in JSON")
    func list() async throws {
        try await DeadDeployment.run { deployment in
            let empty = try await deployment.dead("list", "--json")
            #expect(empty.exit == .status(0) && empty.output == "[]\n")
            try await deployment.working {
                try deployment.add(DeadDeployment.broken)
                try deployment.add(DeadDeployment.doomed, kind: "cleanup")
                try await eventually("both died") { try deployment.streamLetters() == 2 }
            }
            let list = try await deployment.dead("list", "--json")
            let letters = try JSONObject.list(list.output)
            #expect(list.exit == .status(0) && letters.count == 2)
            let broken = try #require(letters.first { $0["eventId"] == "b1" })
            #expect(broken["transport"] == "stream" && broken["reason"] == "schema")
            #expect(broken["kind"] == "invalidate" && broken["type"] == "cache.invalidate")
            #expect(broken["error"]?.contains("$.data.keys[0]") == true)
            #expect(broken["origin"]?.hasPrefix("{cw}:jobs:invalidate ") == true)
            #expect(broken["attempts"] == "1" && broken["ageSeconds"] != nil)
            let table = try await deployment.dead("list")
            let lines = table.output.split(separator: "\n")
            #expect(lines.count == 5 && lines[0].hasPrefix("ID "))
            #expect(lines.allSatisfy { $0.count <= 100 })
            #expect(table.output.contains("cache.cleanup d1"))
        }
    }

    @Test("are filtered by kind, reason and age, up to a limit")
    func filters() async throws {
        try await DeadDeployment.run { deployment in
            try deployment.bury(DeadDeployment.broken, id: "1000-0")
            try deployment.bury(DeadDeployment.doomed, reason: "unknown-task")
            try deployment.bury("no event", reason: "not-json")
            func ids(_ arguments: String...) async throws -> Int {
                var all = ["dead", "list", "--json"] + arguments
                all += ["--redis-url", deployment.redis.url]
                let run = try await Command.run(try Executable.built("cacheworker"), all)
                return try JSONObject.list(run.output).count
            }
            #expect(try await ids() == 3)
            #expect(try await ids("--kind", "cleanup") == 1)
            #expect(try await ids("--kind", "cleanup", "--kind", "invalidate") == 3)
            #expect(try await ids("--reason", "not-json") == 1)
            #expect(try await ids("--older-than", "1h") == 1)
            #expect(try await ids("--newer-than", "1h", "--kind", "invalidate") == 1)
            #expect(try await ids("--limit", "2") == 2)
        }
    }

    @Test("cannot move the cursor of a terminal")
    func controlCharacters() async throws {
        try await DeadDeployment.run { deployment in
            let id = try deployment.bury("\u{1B}[2J\u{9B}31m", error: "\u{1B}]0;owned\u{7}\nsecond")
            for words in [["list"], ["show", id]] {
                let run = try await Command.run(
                    try Executable.built("cacheworker"),
                    ["dead"] + words + ["--redis-url", deployment.redis.url]
                )
                let controls = run.output.unicodeScalars.filter {
                    $0.properties.generalCategory == .control && $0 != "\n"
                }
                #expect(run.exit == .status(0) && controls.isEmpty)
                #expect(run.output.contains("owned"))
            }
        }
    }

    @Test("are shown whole, pretty or byte for byte")
    func show() async throws {
        try await DeadDeployment.run { deployment in
            let id = try deployment.bury(DeadDeployment.broken)
            let sheet = try await deployment.dead("show", id)
            #expect(sheet.output.contains("reason        schema\n"))
            #expect(sheet.output.contains("attempts      3\n"))
            #expect(sheet.output.contains("  \"id\": \"b1\",\n"))
            let raw = try await deployment.dead("show", id, "--raw")
            #expect(raw.output == DeadDeployment.broken)
            let json = try JSONObject.one(try await deployment.dead("show", id, "--json").output)
            #expect(json["event"] == DeadDeployment.broken && json["id"] == id)
            let missing = try await deployment.dead("show", "1-1")
            #expect(missing.exit == .status(65) && missing.output == "")
            #expect(missing.errors.contains("there is no dead letter 1-1"))
        }
    }

    @Test("become jobs again only if they can succeed, and those refused are named")
    func requeue() async throws {
        try await DeadDeployment.run { deployment in
            let broken = try deployment.bury(DeadDeployment.broken)
            let doomed = try deployment.bury(DeadDeployment.doomed)
            let dry = try await deployment.dead("requeue", "--all", "--dry-run")
            #expect(dry.exit == .status(65))
            #expect(dry.output.contains("\(doomed) would be requeued\n"))
            #expect(try deployment.streamLetters() == 2)
            let run = try await deployment.dead("requeue", "--all", "--rate", "100/s", "--json")
            let outcomes = try JSONObject.list(run.output)
            #expect(run.exit == .status(65))
            #expect(outcomes.first { $0["id"] == broken }?["outcome"] == "refused")
            #expect(outcomes.first { $0["id"] == doomed }?["outcome"] == "requeued")
            #expect(try deployment.events(of: "dead") == [DeadDeployment.broken])
            #expect(try deployment.events(of: "cleanup") == [DeadDeployment.doomed])
            let forced = try await deployment.dead("requeue", broken, "--force")
            #expect(forced.exit == .status(0) && forced.output == "\(broken) requeued\n")
            #expect(try deployment.events(of: "invalidate") == [DeadDeployment.broken])
            let gone = try await deployment.dead("requeue", broken)
            #expect(gone.exit == .status(65) && gone.errors.contains(broken))
        }
    }

    @Test("can be mended on their way back, from standard input too")
    func edit() async throws {
        try await DeadDeployment.run { deployment in
            let id = try deployment.bury(DeadDeployment.broken)
            let worse = try await deployment.dead("requeue", id, "--edit", "-", input: "{}")
            #expect(worse.exit == .status(65) && worse.errors.contains("$.data is required"))
            #expect(try deployment.streamLetters() == 1)
            let event = "{\"type\":\"cache.invalidate\",\n\n\"data\":{\"keys\":[\"a\"]}}"
            let mended = try await deployment.dead("requeue", id, "--edit", "-", input: event)
            #expect(mended.exit == .status(0))
            #expect(try deployment.streamLetters() == 0)
            #expect(try deployment.events(of: "invalidate").first?.contains("[\"a\"]") == true)
        }
    }

    @Test("are deleted only on a second word, and stored elsewhere before")
    func purge() async throws {
        try await DeadDeployment.run { deployment in
            let file = deployment.folder.file("dead.ndjson")
            try deployment.bury(DeadDeployment.broken)
            let doomed = try deployment.bury(DeadDeployment.doomed, reason: "unknown-task")
            let nowhere = try await deployment.dead("purge", "--all", "--yes")
            #expect(nowhere.exit == .status(64) && nowhere.errors.contains("--discard"))
            let count = try await deployment.dead("purge", "--all", "--to", file)
            #expect(count.exit == .status(64))
            #expect(count.errors.contains("2 letters would be deleted"))
            #expect(
                try deployment.streamLetters() == 2 && deployment.folder.read("dead.ndjson") == ""
            )
            let unwritable = try await deployment.dead("purge", "--all", "--to", "/", "--yes")
            #expect(unwritable.exit == .status(75))
            let full = try await deployment.dead("purge", "--all", "--to", "/dev/full", "--yes")
            #expect(full.exit == .status(75) && full.errors.contains("cannot be written"))
            #expect(try deployment.streamLetters() == 2)
            let some = try await deployment.dead(
                "purge",
                "--all",
                "--reason",
                "schema",
                "--to",
                file,
                "--yes"
            )
            #expect(some.exit == .status(0) && some.output == "1\n")
            let rest = try await deployment.dead("purge", doomed, "--to", file, "--yes", "--json")
            #expect(rest.output == "{\"deleted\":1}\n")
            let stored = try deployment.folder.read("dead.ndjson").split(separator: "\n")
                .map { try JSONObject.one($0)["event"] }
            #expect(stored == [DeadDeployment.broken, DeadDeployment.doomed])
            #expect(try deployment.streamLetters() == 0)
        }
    }

    @Test("go by age at a cleanup whose parameters are right")
    func cleanup() async throws {
        try await DeadDeployment.run { deployment in
            // More than one block of the stream, and a block that is cut.
            for number in 0..<250 { try deployment.bury("old", id: "1000-\(number)") }
            let young = try deployment.bury("young")
            try await deployment.working {
                try deployment.add(
                    #"{"type":"cache.cleanup","data":{"task":"failed-jobs","older":1}}"#,
                    kind: "cleanup"
                )
                try await eventually("the wrong parameter is told") {
                    try deployment.streamLetters() == 252
                }
                try deployment.add(
                    #"{"type":"cache.cleanup","data":{"task":"failed-jobs","olderThan":3600}}"#,
                    kind: "cleanup"
                )
                try await eventually("the old letters are gone") {
                    try deployment.streamLetters() == 2
                }
            }
            let left = try JSONObject.list(try await deployment.dead("list", "--json").output)
            #expect(left.first?["id"] == young)
            #expect(left.last?["reason"] == "schema")
            #expect(left.last?["error"]?.hasPrefix("$.data.older is no parameter") == true)
        }
    }

    @Test("say at once that their server is away")
    func unavailable() async throws {
        let port = try FreePort.next()
        let run = try await Command.run(
            try Executable.built("cacheworker"),
            ["dead", "list", "--redis-url", "redis://127.0.0.1:\(port)", "--json"]
        )
        #expect(run.exit == .status(69))
        let none = try await Command.run(try Executable.built("cacheworker"), ["dead", "list"])
        #expect(none.exit == .status(78) && none.errors.contains("REDIS_URL or AMQP_URL"))
    }
}
