import TestSupport
import Testing

@Suite("Dead letters of the queues")
struct DeadQueueTests {
    private func withLetters(
        _ body: (DeadDeployment, VirtualHost, [JSONObject]) async throws -> Void
    ) async throws {
        try await DeadDeployment.run(withBroker: true) { deployment in
            let host = try #require(deployment.broker)
            try await deployment.working {
                for (event, key) in [
                    (DeadDeployment.broken, "invalidate.user"), (DeadDeployment.doomed, "cleanup"),
                    ("no event", "warm.x"),
                ] {
                    try await host.publish(event, to: "cache.jobs", routingKey: key)
                }
                try await host.publish(
                    "{\"task\":\"orphaned-tags\",\"more\":1}",
                    to: "cache.jobs",
                    routingKey: "cleanup.binary",
                    headers: ["ce-type: cache.cleanup", "ce-id: c1", "trace: t1"]
                )
                try await deployment.waitForQueueLetters(4)
            }
            let list = try await deployment.dead("list", "--from", "amqp", "--json")
            let letters = try JSONObject.list(list.output)
            try #require(letters.count == 4, "\(list.errors)")
            try await body(deployment, host, letters)
        }
    }

    @Test("are listed and shown, and are there afterwards as before")
    func list() async throws {
        try await withLetters { deployment, _, letters in
            try await deployment.waitForQueueLetters(4)
            let again = try JSONObject.list(try await deployment.dead("list", "--json").output)
            #expect(again.map { $0["id"] } == letters.map { $0["id"] })
            let broken = try #require(letters.first { $0["eventId"] == "b1" })
            #expect(broken["transport"] == "amqp" && broken["reason"] == "schema")
            #expect(broken["origin"] == "cache.jobs invalidate.user")
            #expect(broken["attempts"] == "1" && broken["ageSeconds"] != nil)
            #expect(letters.first { $0["kind"] == "warm" }?["reason"] == "not-json")
            let binary = try #require(letters.first { $0["eventId"] == "c1" })
            #expect(binary["error"]?.hasPrefix("$.data.more is no parameter") == true)
            let sheet = try await deployment.dead("show", binary["id"] ?? "")
            #expect(sheet.output.contains("ce-type") && sheet.output.contains("trace         t1\n"))
            let raw = try await deployment.dead("show", broken["id"] ?? "", "--raw")
            #expect(raw.output == DeadDeployment.broken)
            let limited = try await deployment.dead("list", "--limit", "2", "--json")
            #expect(try JSONObject.list(limited.output).count == 2)
            try await deployment.waitForQueueLetters(4)
        }
    }

    @Test("become jobs again, as they were or mended, and the rest stays")
    func requeue() async throws {
        try await withLetters { deployment, host, letters in
            func id(_ event: String) -> String {
                letters.first { $0["eventId"] == event }?["id"] ?? ""
            }
            let run = try await deployment.dead(
                "requeue",
                "--all",
                "--kind",
                "invalidate",
                "--kind",
                "cleanup"
            )
            #expect(run.exit == .status(65))
            #expect(run.output.contains("\(id("b1")) refused: $.data.keys[0]"))
            #expect(run.output.contains("\(id("d1")) requeued\n"))
            try await deployment.waitForQueueLetters(2)
            #expect(try await host.get("cache.cleanup") == DeadDeployment.doomed)
            #expect(try await host.get("cache.cleanup")?.contains("more") == true)
            let event = #"{"type":"cache.warm","data":{"entries":[{"key":"w","value":1}]}}"#
            let path = try deployment.folder.write(event, to: "event.json")
            let mended = try await deployment.dead("requeue", id("b1"), "--edit", path)
            #expect(mended.exit == .status(0))
            #expect(try await host.get("cache.warm") == event)
            #expect(try await host.get("cache.invalidate") == nil)
            try await deployment.waitForQueueLetters(1)
        }
    }

    @Test("keep their headers and begin their attempts anew when a worker takes them again")
    func headers() async throws {
        try await withLetters { deployment, _, letters in
            let binary = try #require(letters.first { $0["eventId"] == "c1" }?["id"])
            #expect(try await deployment.dead("requeue", binary).exit == .status(0))
            try await deployment.waitForQueueLetters(3)
            try await deployment.working { try await deployment.waitForQueueLetters(4) }
            let again = try JSONObject.list(try await deployment.dead("list", "--json").output)
            let letter = try #require(again.first { $0["eventId"] == "c1" })
            #expect(letter["attempts"] == "1" && letter["id"] != binary)
            let whole = try await deployment.dead("show", letter["id"] ?? "", "--json")
            #expect(whole.output.contains("\"trace\":\"t1\""))
        }
    }

    @Test("are deleted after they were stored elsewhere")
    func purge() async throws {
        try await withLetters { deployment, _, _ in
            let file = deployment.folder.file("dead.ndjson")
            let count = try await deployment.dead("purge", "--all", "--discard")
            #expect(count.errors.contains("4 letters would be deleted"))
            try await deployment.waitForQueueLetters(4)
            let run = try await deployment.dead(
                "purge",
                "--all",
                "--reason",
                "schema",
                "--to",
                file,
                "--yes"
            )
            #expect(run.output == "2\n")
            #expect(deployment.folder.read("dead.ndjson").split(separator: "\n").count == 2)
            try await deployment.waitForQueueLetters(2)
        }
    }
}
