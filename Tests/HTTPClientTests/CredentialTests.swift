import HTTPClient
import TestSupport
import Testing

@Suite("Credentials of the HTTP client", .timeLimit(.minutes(1)))
struct CredentialTests {
    let client: HTTPClient
    let folder: TemporaryFolder
    /// Answers with the header that it got.
    let server: ScriptedServer

    init() throws {
        client = try HTTPClient()
        folder = try TemporaryFolder()
        server = try ScriptedServer { line in
            while let head = line.head() {
                let lines = head.split(separator: "\r\n")
                let header = lines.first { $0.hasPrefix("Authorization: ") } ?? "none"
                line.answer(200, String(header))
            }
        }
    }

    private func answer(_ credential: HTTPCredential?) async throws -> String {
        let request = HTTPClientRequest(server.url(), credential: credential, access: .own())
        return String(decoding: try await client.fetch(request).body, as: UTF8.self)
    }

    @Test
    func `are read anew for each request`() async throws {
        defer { folder.remove() }
        let file = try folder.write("first\n", to: "token")
        #expect(try await answer(.bearer(file: file)) == "Authorization: Bearer first")
        try folder.write("second", to: "token")
        #expect(try await answer(.bearer(file: file)) == "Authorization: Bearer second")
        try folder.write("Aladdin:open sesame\r\n", to: "token")
        let basic = "Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ=="
        #expect(try await answer(.basic(file: file)) == basic)
        #expect(try await answer(nil) == "none")
    }

    @Test(arguments: [
        "", "\n", "two\nlines", "a\u{7}b", "sw0rd fish", "\(String(repeating: "x", count: 20_000))",
    ])
    func `that are none are refused, and not told`(text: String) async throws {
        defer { folder.remove() }
        let file = try folder.write(text, to: "token")
        let request = HTTPClientRequest(
            server.url(),
            credential: .bearer(file: file),
            access: .own()
        )
        let error = await clientFailure(of: request, by: client)
        #expect(error?.code == .credential && error?.message.contains(file) == true)
        #expect(error?.message.contains("sw0rd") == false)
        #expect(server.connectionCount == 0)
    }

    @Test
    func `that are not there yet may come`() async throws {
        defer { folder.remove() }
        let credential = HTTPCredential.bearer(file: folder.file("token"))
        let request = HTTPClientRequest(server.url(), credential: credential, access: .own())
        let error = await clientFailure(of: request, by: client)
        #expect(error?.code == .credential && error?.isRetriable == true)
        #expect(error?.message.contains("No such file") == true)
        try folder.write("late", to: "token")
        #expect(try await answer(credential) == "Authorization: Bearer late")
    }

    @Test
    func `do not go along to another host`() async throws {
        defer { folder.remove() }
        let file = try folder.write("t0ken", to: "token")
        let leading = try ScriptedServer { [server] line in
            if line.head() != nil { line.answer(302, "", headers: ["Location: \(server.url())"]) }
        }
        let request = HTTPClientRequest(
            leading.url(),
            credential: .bearer(file: file),
            access: .own()
        )
        let error = await clientFailure(of: request, by: client)
        #expect(error?.code == .refusedRedirect)
        #expect("\(String(describing: error))".contains("t0ken") == false)
        #expect(server.connectionCount == 0)
    }
}
