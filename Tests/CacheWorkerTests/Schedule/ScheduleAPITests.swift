import Glibc
import TestSupport
import Testing

/// The schedule over HTTP, asked of a real process on a real Redis.
@Suite(.timeLimit(.minutes(5))) struct ScheduleAPITests {
    private struct Client {
        let port: UInt16
        var headers: [String] = []

        func ask(_ request: String, _ body: String = "") throws -> HTTPProbe.Answer {
            let length = body.isEmpty ? [] : ["Content-Length: \(body.utf8.count)"]
            let words = request.split(separator: " ")
            let path = "\(words[0]) /api/v1/schedule\(words.count > 1 ? words[1] : "")"
            return try HTTPProbe(port: port).ask(path, headers: headers + length, body: body)
        }
    }

    private func withClient(
        _ environment: [String: String] = [:],
        _ body: (Client, RedisServer) async throws -> Void
    ) async throws {
        try await withRedis { redis in
            let port = try FreePort.next()
            let basics = ["REDIS_URL": redis.url, "HTTP_LISTEN": "127.0.0.1:\(port)"]
            let worker = try ChildProcess(
                Executable.built("cacheworker"),
                ["run"],
                environment: basics.merging(environment) { $1 }
            )
            do {
                try await eventually("it answers") {
                    (try? HTTPProbe.get("/livez", port: port).status) == 200
                }
                try await body(Client(port: port), redis)
            } catch {
                await worker.kill()
                throw error
            }
            worker.signal(SIGTERM)
            #expect(await worker.waitForExit() == .status(0))
        }
    }

    /// Fires each new year: not while a test runs.
    private func definition(_ name: String = "yearly") -> String {
        "{\"name\":\"\(name)\",\"cron\":\"0 0 1 1 *\",\"timeZone\":\"Europe/Berlin\","
            + "\"event\":{\"type\":\"cache.invalidate\",\"data\":{\"keys\":[\"a\"]}}}"
    }

    @Test func `an entry is put, read, changed and deleted`() async throws {
        try await withClient { client, _ in
            let made = try client.ask("PUT /yearly", definition())
            #expect(made.status == 201 && made.headers["content-type"] == "application/json")
            let record = try JSONObject.one(made.body)
            #expect(record["change"] == "created" && record["entry"] == definition())
            #expect(try client.ask("PUT /yearly", definition()).status == 200)
            #expect(try JSONObject.one(try client.ask("GET /yearly").body)["state"] == "active")
            let list = try JSONObject.one(try client.ask("GET").body)
            #expect(list["entries"]?.contains("\"name\":\"yearly\"") == true)
            let first = try JSONObject.one(try client.ask("GET ?limit=1").body)
            let after = try #require(first["after"])
            let rest = try JSONObject.one(try client.ask("GET ?limit=1000&after=\(after)").body)
            #expect(rest["after"] == nil && rest["entries"]?.contains("\"\(after)\"") == false)
            let next = try client.ask("GET /yearly/next?count=2&from=2026-06-01T00:00:00Z")
            let runs =
                "\"instant\":\"2026-12-31T23:00:00Z\",\"timeZone\":\"Europe/Berlin\","
                + "\"local\":\"2027-01-01 00:00:00\",\"clocks\":\"changed\""
            #expect(next.status == 200 && next.body.contains(runs), "\(next.body)")
            #expect(try client.ask("DELETE /yearly").status == 200)
            #expect(try client.ask("DELETE /yearly").status == 404)
            #expect(try client.ask("GET /yearly").status == 404)
        }
    }

    @Test func `it is paused, resumed and fired, with a history`() async throws {
        try await withClient { client, redis in
            #expect(try client.ask("PUT /yearly", definition()).status == 201)
            let pause = try client.ask("POST /yearly/pause", "{\"by\":\"ada\",\"reason\":\"move\"}")
            let paused = try JSONObject.one(pause.body)
            #expect(pause.status == 200 && paused["state"] == "paused")
            #expect(paused["paused"]?.contains("{\"by\":\"ada\",\"reason\":\"move\"") == true)
            let run = try client.ask("POST /yearly/run")
            let event = try JSONObject.one(run.body)["eventId"]
            #expect(run.status == 202 && event?.hasPrefix("schedule:yearly@") == true)
            let history = try client.ask("GET /yearly/history?limit=5")
            #expect(history.status == 200 && history.body.contains(event ?? "none"))
            let resumed = try JSONObject.one(try client.ask("POST /yearly/resume").body)
            #expect(resumed["state"] == "active" && resumed["paused"] == nil)
            let nobody = try JSONObject.one(try client.ask("POST /yearly/pause").body)
            #expect(nobody["paused"]?.contains("\"by\":\"HTTP\"") == true)
        }
    }

    @Test func `a definition without a name has that of the path`() async throws {
        try await withClient { client, redis in
            let unnamed = definition().replacing(#""name":"yearly","#, with: "")
            #expect(!unnamed.contains("yearly"))
            let answer = try client.ask("PUT /by-path", unnamed)
            #expect(answer.status == 201)
            #expect(try JSONObject.one(answer.body)["name"] == "by-path")
        }
    }

    @Test func `what is wrong is told as JSON, with its member`() async throws {
        try await withClient { client, redis in
            func problem(_ request: String, _ body: String = "") throws -> String {
                let answer = try client.ask(request, body)
                let error = try JSONObject.one(try JSONObject.one(answer.body)["error"] ?? "")
                return "\(answer.status) \(error["code"] ?? "") \(error["message"] ?? "")"
            }
            let wrong = definition().replacing("0 0 1 1 *", with: "0 0 1 13 *")
            #expect(
                try problem("PUT /yearly", wrong).hasPrefix("400 schema $.cron, month (column 7)")
            )
            #expect(try problem("PUT /yearly", "{").hasPrefix("400 schema "))
            #expect(
                try problem("PUT /other", definition())
                    == "400 schema $.name must be \"other\", as in the path, not \"yearly\""
            )
            #expect(
                try problem("POST /gone/run")
                    == "404 not-found there is no entry gone in the schedule"
            )
            #expect(try problem("GET /a%20b").hasPrefix("404 not-found a name is 1 to 100 letters"))
            #expect(try problem("GET ?limit=0").hasPrefix("400 bad-request limit must be"))
            #expect(try problem("GET /a/next?from=now").hasPrefix("400 bad-request from must be"))
            #expect(try problem("PATCH /yearly").hasPrefix("405 method-not-allowed"))
            #expect(try client.ask("PUT /yearly", definition()).status == 201)
            #expect(
                try problem("POST /yearly/pause", "{\"who\":1}").hasPrefix("400 schema $ may hold")
            )
            try redis.probe().command("HSET", "{cw}:schedule:entry:yearly", "origin", "file")
            #expect(
                try problem("PUT /yearly", definition()).hasPrefix("409 not-dynamic yearly comes")
            )
            #expect(try problem("DELETE /yearly").hasPrefix("409 not-dynamic"))
            await redis.kill()
            #expect(try problem("GET /yearly").hasPrefix("503 unavailable"))
            try await redis.restart()
        }
    }

    @Test func `with a token nobody else is answered, and a browser changes nothing without one`()
        async throws
    {
        try await withClient(["HTTP_TOKEN": "sesame"]) { client, _ in
            let stranger = try client.ask("GET")
            #expect(stranger.status == 401)
            #expect(try client.ask("PUT /yearly", definition()).status == 401)
            var known = client
            known.headers = ["Authorization: Bearer sesame"]
            #expect(try known.ask("PUT /yearly", definition()).status == 201)
        }
        try await withClient { client, _ in
            var browser = client
            browser.headers = ["Origin: http://localhost"]
            let change = try browser.ask("PUT /yearly", definition())
            #expect(change.status == 403)
            #expect(try browser.ask("GET").status == 200)
        }
    }
}
