import HTTPClient
import TestSupport
import Testing

@Suite("What the HTTP client refuses", .timeLimit(.minutes(1)))
struct RefusalTests {
    let client: HTTPClient

    init() throws { client = try HTTPClient() }

    @Test(
        arguments: [
            "http://127.0.0.1:", "http://localhost:", "http://0x7f.1:", "http://2130706433:",
            "http://[::ffff:127.0.0.1]:", "http://0.0.0.0:",
        ]
    )
    func `is a host at an address of this machine, however it is written`(
        start: String
    ) async throws {
        let server = try ScriptedServer { line in
            if line.head() != nil { line.answer(200, "") }
        }
        let error = await clientFailure(
            of: HTTPClientRequest(start + "\(server.port)/"),
            by: client
        )
        #expect(error?.code == .refusedAddress && error?.isRetriable == false)
        #expect(server.connectionCount == 0)
    }

    @Test(
        arguments: [
            "http://10.0.0.1/", "http://192.168.0.1/", "http://100.64.0.1/", "http://224.0.0.1/",
            "http://169.254.169.254/latest/meta-data", "http://[fd00::1]/", "http://[fe80::1]/",
            "https://[::1]/", "http://[64:ff9b::10.0.0.1]/",
        ]
    )
    func `is an address that is none of the internet`(url: String) async throws {
        let error = await clientFailure(of: HTTPClientRequest(url), by: client)
        #expect(error?.code == .refusedAddress)
    }

    @Test
    func `is the wire even to those who may ask their own network`() async throws {
        for url in ["http://169.254.169.254/", "http://[::ffff:127.0.0.1]:9/", "http://0.0.0.0:9/"]
        {
            let error = await clientFailure(
                of: HTTPClientRequest(url, access: .own()),
                by: client
            )
            #expect(error?.code == .refusedAddress)
        }
    }

    @Test
    func `is a host that is not on the list, with no look at its address`() async throws {
        var access = HTTPAccess.own()
        access.hosts = [HostPattern("*.example.org"), HostPattern("127.0.0.1")].compactMap(\.self)
        for host in ["localhost", "example.org", "a.example.org.evil.invalid"] {
            let error = await clientFailure(
                of: HTTPClientRequest("http://\(host)/", access: access),
                by: client
            )
            #expect(error?.code == .refusedHost && error?.isRetriable == false)
            #expect(error?.message.contains(host) == true)
        }
        let server = try ScriptedServer { line in
            while line.head() != nil { line.answer(200, "") }
        }
        let listed = HTTPClientRequest(server.url(), access: access)
        #expect(try await client.fetch(listed).status == 200)
    }

    @Test(
        arguments: [
            "file:///etc/passwd", "ftp://example.org/", "gopher://example.org/", "example.org",
            "http://", "", "http://a b/", "http://user:pw@example.org/",
            "http://example.org:99999/", "http://exämple.org/", "http://example.org/\r\nX: y",
            "javascript:alert(1)", "http://" + String(repeating: "a", count: 9_000),
        ]
    )
    func `is what is no address of a page`(url: String) async throws {
        let error = await clientFailure(of: HTTPClientRequest(url), by: client)
        #expect(error?.code == .invalidRequest && error?.isRetriable == false)
        #expect(error?.message.contains("pw") == false)
    }

    @Test(
        arguments: [
            ("", "x"), ("a b", "x"), ("X:", "x"), ("X", "a\r\nY: b"), ("X", "a\u{0}"),
            ("Authorization", "Bearer x"), ("HOST", "x"), ("Cookie", "x"), ("Content-Length", "1"),
        ]
    )
    func `is a header that would be another one`(name: String, value: String) {
        let error = #expect(throws: HTTPClientError.self) { try HTTPHeader(name, value) }
        #expect(error?.code == .invalidRequest)
    }

    @Test
    func `is not a redirect to the same host`() async throws {
        let server = try ScriptedServer { line in
            while let head = line.head() {
                switch head.split(separator: " ")[1] {
                case "/a/1": line.answer(302, "moved", headers: ["Location: 2?x=y"])
                case "/a/2?x=y": line.answer(308, "", headers: ["Location: /3"])
                case "/3": line.answer(200, "there")
                default: line.answer(404, "")
                }
            }
        }
        let request = HTTPClientRequest(server.url("/a/1"), access: .own())
        let response = try await client.fetch(request)
        #expect(response.body == Array("there".utf8) && response.url == server.url("/3"))
    }

    @Test
    func `is a redirect to another host, port or scheme`() async throws {
        let other = try ScriptedServer { line in
            if line.head() != nil { line.answer(200, "") }
        }
        for place in [
            other.url(), "http://localhost:PORT/", "https://127.0.0.1:PORT/", "file:///etc/passwd",
            "//example.org/", "http://user:pw@127.0.0.1:PORT/", "http://169.254.169.254/",
        ] {
            let server = try ScriptedServer { line in
                guard line.head() != nil else { return }
                let port = line.localPort
                let location = place.split(separator: "PORT", omittingEmptySubsequences: false)
                line.answer(
                    302,
                    "",
                    headers: ["Location: \(location.joined(separator: "\(port)"))"]
                )
            }
            let request = HTTPClientRequest(server.url(), access: .own())
            let error = await clientFailure(of: request, by: client)
            #expect(error?.code == .refusedRedirect && error?.isRetriable == false)
            #expect(server.connectionCount == 1)
        }
        #expect(other.connectionCount == 0)
    }

    @Test
    func `is a redirect that leads on and on, and one of what was sent`() async throws {
        let server = try ScriptedServer { line in
            while line.head() != nil { line.answer(302, "", headers: ["Location: /"]) }
        }
        let error = await clientFailure(
            of: HTTPClientRequest(server.url(), access: .own()),
            by: client
        )
        #expect(error?.code == .refusedRedirect)
        #expect(error?.message.contains("more than 3 redirects") == true)
        let post = HTTPClientRequest(
            server.url(),
            method: .post(body: [], contentType: "text/plain"),
            access: .own()
        )
        #expect(await clientFailure(of: post, by: client)?.code == .refusedRedirect)
    }
}
