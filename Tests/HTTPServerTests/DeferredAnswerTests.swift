import EventLoop
import HTTPServer
import TestSupport
import Testing

@Suite("A deferred answer")
struct DeferredAnswerTests {
    private static let maxBodyBytes = 100_000

    /// Runs a server that repeats what it is sent; `gate` holds answers of `/held` back.
    ///
    /// It answers on a thread of its own, since tests block theirs while they wait for it.
    private func withServer(
        gate: Latch = Latch(),
        _ body: (HTTPServer) async throws -> Void
    ) async throws {
        let loop = try EventLoop(name: "answers")
        let server = try HTTPServer(
            at: ListenAddress(loopbackPort: 0),
            routes: [
                HTTPRoute("GET", "/livez", for: .everybody) { _ in .text(200, "alive") },
                HTTPRoute("PUT", "/echo/{name}", maxBodyBytes: Self.maxBodyBytes) { request in
                    let name = request.parameters["name"] ?? ""
                    let limit = request.query["limit"] ?? "-"
                    let head = Array("\(name) \(limit) ".utf8)
                    return HTTPResponse(body: head + request.body)
                },
                HTTPRoute("GET", "/held") { _ in
                    await gate.wait()
                    return .text(200, "free")
                },
            ]
        )
        try await withThrowingDiscardingTaskGroup { group in
            group.addTask(executorPreference: loop) { await server.run() }
            defer {
                server.stop()
                group.cancelAll()
            }
            try await body(server)
        }
    }

    @Test("has what was sent: the body in pieces, names of the path, the query")
    func body() async throws {
        try await withServer { server in
            let probe = try HTTPProbe(port: server.port)
            for size in [0, 1, 5_000, Self.maxBodyBytes] {
                let text = String(repeating: "é", count: size / 2)
                let answer = try probe.ask(
                    "PUT /echo/a%20b?limit=5",
                    headers: [
                        "Content-Length: \(text.utf8.count)",
                        "Content-Type: application/x-www-form-urlencoded",
                    ],
                    body: text
                )
                #expect(answer.status == 200 && answer.body == "a b 5 \(text)")
            }
        }
    }

    @Test("does not keep others waiting, on as many connections as there may be")
    func others() async throws {
        let gate = Latch()
        try await withServer(gate: gate) { server in
            let probes = try (0..<31).map { _ in try HTTPProbe(port: server.port) }
            for probe in probes { try probe.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n") }
            #expect(try HTTPProbe.get("/livez", port: server.port).status == 200)
            gate.open()
            for probe in probes { #expect(try probe.receive().body == "free\n") }
            for probe in probes { #expect(try probe.ask("GET /held").body == "free\n") }
        }
    }

    @Test("is refused when the server stops, and when it has stopped")
    func stopping() async throws {
        let gate = Latch()
        try await withServer(gate: gate) { server in
            let probe = try HTTPProbe(port: server.port)
            try probe.send("GET /held HTTP/1.1\r\nHost: a\r\n\r\n")
            // Answered after the one before it: the server has that in hand.
            #expect(try HTTPProbe.get("/livez", port: server.port).status == 200)
            server.stop()
            let answer = try? probe.receive()
            #expect(answer == nil || answer?.status == 503)
            gate.open()
        }
    }

    @Test("is refused for its head before its body, which is not waited for")
    func refusals() async throws {
        try await withServer { server in
            for (header, status) in [
                ("Content-Length: \(Self.maxBodyBytes + 1)", 413),
                ("Transfer-Encoding: chunked", 411),
            ] {
                let probe = try HTTPProbe(port: server.port)
                #expect(try probe.ask("PUT /echo/a", headers: [header]).status == status)
                #expect(try probe.isEnded())
            }
            let broken = try HTTPProbe(port: server.port)
            let status = try? broken.ask("PUT /echo/a", headers: ["Content-Length: x"]).status
            #expect(status == nil || status == 400 || status == 411)
        }
    }

    @Test("is none for who hangs up in the middle of a body")
    func hangUp() async throws {
        try await withServer { server in
            var probe: HTTPProbe? = try HTTPProbe(port: server.port)
            try probe?.send("PUT /echo/a HTTP/1.1\r\nHost: a\r\nContent-Length: 50\r\n\r\nhalf")
            probe = nil
            #expect(try HTTPProbe.get("/livez", port: server.port).status == 200)
        }
    }
}
