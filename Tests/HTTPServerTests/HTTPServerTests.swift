import HTTPServer
import Telemetry
import TestSupport
import Testing

@Suite("The HTTP server")
struct HTTPServerTests {
    private static let large = String(repeating: "x", count: 1 << 20)

    private func server(token: Secret? = nil) throws -> HTTPServer {
        try HTTPServer(
            at: ListenAddress(loopbackPort: 0),
            token: token,
            routes: [
                HTTPRoute("GET", "/livez", for: .everybody) { _ in .text(200, "alive") },
                HTTPRoute("GET", "/large") { _ in .text(200, Self.large) },
            ]
        )
    }

    @Test("answers many requests on one connection")
    func keepAlive() throws {
        let server = try server()
        defer { server.stop() }
        let probe = try HTTPProbe(port: server.port)
        for _ in 0..<10 {
            let answer = try probe.ask("GET /livez?verbose=1")
            #expect(answer.status == 200 && answer.body == "alive\n")
            #expect(answer.headers["content-type"] == "text/plain; charset=utf-8")
            #expect(answer.headers["cache-control"] == "no-store")
        }
        let head = try probe.ask("HEAD /livez")
        #expect(head.status == 200 && head.body.isEmpty && head.headers["content-length"] == "6")
        #expect(try probe.ask("GET /nothing").status == 404)
        #expect(try probe.ask("GET /livez").status == 200)
    }

    @Test("sends answers that do not fit into one packet")
    func large() throws {
        let server = try server()
        defer { server.stop() }
        let answer = try HTTPProbe.get("/large", port: server.port)
        #expect(answer.body == Self.large + "\n")
    }

    @Test("wants the token where there is one")
    func token() throws {
        let server = try server(token: "s3cr3t")
        defer { server.stop() }
        #expect(try HTTPProbe.get("/livez", port: server.port).status == 200)
        let refused = try HTTPProbe.get("/large", port: server.port)
        #expect(refused.status == 401 && refused.headers["www-authenticate"] == "Bearer")
        let header = "Authorization: Bearer s3cr3t"
        #expect(try HTTPProbe.get("/large", port: server.port, headers: [header]).status == 200)
    }

    @Test("does not wait for a body it does not want, and ends the connection")
    func body() throws {
        let server = try server()
        defer { server.stop() }
        for (request, status) in [("POST /livez", 405), ("GET /livez", 413), ("PUT /no", 404)] {
            let probe = try HTTPProbe(port: server.port)
            let answer = try probe.ask(request, headers: ["Content-Length: 1000000000"])
            #expect(answer.status == status)
            #expect(try probe.isEnded())
        }
        let chunked = try HTTPProbe(port: server.port)
        #expect(
            try chunked.ask("GET /livez", headers: ["Transfer-Encoding: chunked"]).status == 413
        )
    }

    @Test("refuses heads that are too large or no HTTP, and goes on with others")
    func hostile() throws {
        let server = try server()
        defer { server.stop() }
        let long = String(repeating: "a", count: 64 << 10)
        for request in ["GET /\(long) HTTP/1.1\r\n", "GET / HTTP/1.1\r\nX: \(long)\r\n"] {
            let probe = try HTTPProbe(port: server.port)
            // The server may answer, and end the connection, before all is sent.
            try? probe.send(request + "Host: a\r\n\r\n")
            let status = try? probe.receive().status
            #expect(status == nil || (400..<500).contains(status ?? 0))
        }
        let noise = try HTTPProbe(port: server.port)
        try noise.send("\u{1}\u{2} no HTTP\r\n\r\n")
        #expect((try? noise.receive().status).map { $0 >= 400 } ?? true)
        #expect(try HTTPProbe.get("/livez", port: server.port).status == 200)
    }

    @Test("says that its port is in use, and gives it free when it is stopped")
    func port() throws {
        let server = try server()
        let address = try #require(ListenAddress("127.0.0.1:\(server.port)"))
        let error = #expect(throws: HTTPServerError.self) {
            try HTTPServer(at: address, routes: [])
        }
        #expect(error?.code == .addressInUse)
        #expect(
            error?.description == "cannot listen on \(address): the port is in use; "
                + "end what listens there, or choose another"
        )
        server.stop()
        server.stop()
        #expect(!FreePort.accepts(address.port))
        let next = try HTTPServer(at: address, routes: [])
        #expect(try HTTPProbe.get("/", port: next.port).status == 404)
        next.stop()
    }

    @Test("says that this machine does not have an address")
    func address() throws {
        for text in ["192.0.2.1:1234", "[1::2::3]:1234"] {
            let address = try #require(ListenAddress(text))
            let error = #expect(throws: HTTPServerError.self) {
                try HTTPServer(at: address, routes: [])
            }
            #expect(error?.code == .addressUnavailable)
        }
    }

    @Test("keeps to its number of connections from one address")
    func connections() throws {
        let server = try server()
        defer { server.stop() }
        var held: [HTTPProbe] = []
        var refused = 0
        for _ in 0..<80 {
            let probe = try HTTPProbe(port: server.port)
            if (try? probe.ask("GET /livez").status) == 200 {
                held.append(probe)
            } else {
                refused += 1
            }
        }
        #expect(held.count == 32 && refused == 48)
        held.removeAll()
    }
}
