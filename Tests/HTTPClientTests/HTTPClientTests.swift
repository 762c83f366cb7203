import HTTPClient
import TestSupport
import Testing

@Suite("The HTTP client", .timeLimit(.minutes(1)))
struct HTTPClientTests {
    let client: HTTPClient

    init() throws { client = try HTTPClient() }

    @Test
    func `gives status, headers and body as they were sent`() async throws {
        let server = try ScriptedServer { line in
            guard let head = line.head() else { return }
            let hasOnlyOurs = head.contains("\r\nX-Ours: 1\r\n") && !head.contains("Cookie")
            line.send("HTTP/1.1 103 Early Hints\r\nLink: early\r\n\r\n")
            line.answer(
                hasOnlyOurs && head.hasPrefix("GET /a%2Fb?c=d HTTP/1.1\r\n") ? 207 : 400,
                "{\"a\":1}\n",
                headers: ["Content-Type: application/json", "X-Two:  2 \t", "Set-Cookie: a=b"]
            )
        }
        let request = HTTPClientRequest(
            server.url("/a%2Fb?c=d"),
            headers: [try HTTPHeader("X-Ours", "1")],
            access: .own()
        )
        for _ in 0..<2 {
            let response = try await client.fetch(request)
            #expect(response.status == 207)
            #expect(response.body == Array("{\"a\":1}\n".utf8))
            #expect(response.header("content-TYPE") == "application/json")
            #expect(response.header("link") == nil)
            #expect(response.url == request.url)
        }
    }

    @Test
    func `sends a body with its type`() async throws {
        let server = try ScriptedServer { line in
            guard let head = line.head() else { return }
            let body = String(decoding: line.body(100_000), as: UTF8.self)
            let isWhole = body == String(repeating: "x", count: 100_000)
            let isAsGiven =
                head.hasPrefix("POST / ") && head.contains("Content-Type: text/x\r\n")
                && !head.contains("Expect")
            line.answer(isWhole && isAsGiven ? 200 : 400, "")
        }
        let body = [UInt8](repeating: UInt8(ascii: "x"), count: 100_000)
        let request = HTTPClientRequest(
            server.url(),
            method: .post(body: body, contentType: "text/x"),
            access: .own()
        )
        #expect(try await client.fetch(request).status == 200)
    }

    @Test
    func `uses a connection again, but not for a request that may not go there`() async throws {
        let server = try ScriptedServer { line in
            while line.head() != nil { line.answer(200, "\(line.number)") }
        }
        for _ in 0..<3 {
            let response = try await client.fetch(HTTPClientRequest(server.url(), access: .own()))
            #expect(response.body == [UInt8(ascii: "1")])
        }
        let error = await clientFailure(of: HTTPClientRequest(server.url()), by: client)
        #expect(error?.code == .refusedAddress)
        #expect(server.connectionCount == 1)
    }

    @Test
    func `asks again on a new connection when the old one has ended`() async throws {
        let server = try ScriptedServer { line in
            if line.head() != nil { line.answer(200, "\(line.number)") }
        }
        for number in 1...3 {
            let response = try await client.fetch(HTTPClientRequest(server.url(), access: .own()))
            #expect(response.body == Array("\(number)".utf8))
        }
    }

    @Test
    func `has so many requests under way at once, and the others wait`() async throws {
        let client = try HTTPClient(maxConcurrent: 2)
        let server = try ScriptedServer { line in
            guard let head = line.head(), head.contains("/held") else { return }
            line.untilGone()
        }
        let quick = try ScriptedServer { line in
            while line.head() != nil { line.answer(200, "") }
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<2 {
                group.addTask {
                    let request = HTTPClientRequest(
                        server.url("/held"),
                        access: .own(timeout: .seconds(40))
                    )
                    #expect(await clientFailure(of: request, by: client)?.code == .cancelled)
                }
            }
            try await eventually("two are under way") { server.connectionCount == 2 }
            let late = HTTPClientRequest(quick.url(), access: .own(timeout: .milliseconds(50)))
            #expect(await clientFailure(of: late, by: client)?.code == .timedOut)
            #expect(quick.connectionCount == 0)
            group.cancelAll()
            try await group.waitForAll()
        }
        let response = try await client.fetch(HTTPClientRequest(quick.url(), access: .own()))
        #expect(response.status == 200)
    }

    @Test
    func `tells which statuses may be another one later`() async throws {
        let server = try ScriptedServer { line in
            while let head = line.head() {
                let status = Int(head.split(separator: " ")[1].dropFirst()) ?? 0
                line.answer(status, "", headers: ["Retry-After: 7"])
            }
        }
        for status in [408, 425, 429, 500, 502, 503, 504, 400, 401, 403, 404, 410, 413, 304] {
            let request = HTTPClientRequest(server.url("/\(status)"), access: .own())
            let response = try await client.fetch(request)
            let error = #expect(throws: HTTPClientError.self) { try response.success() }
            #expect(error?.code == .status(status))
            #expect(error?.isRetriable == (status >= 500 || [408, 425, 429].contains(status)))
            #expect(error?.retryAfter == .seconds(7))
        }
        let fine = try await client.fetch(HTTPClientRequest(server.url("/204"), access: .own()))
        #expect(try fine.success() == fine)
    }
}
