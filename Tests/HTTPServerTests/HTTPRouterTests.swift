import Telemetry
import Testing

@testable import HTTPServer

@Suite("The router")
struct HTTPRouterTests {
    private let routes = [
        HTTPRoute("GET", "/livez", for: .everybody) { _ in .text(200, "alive") },
        HTTPRoute("GET", "/metrics") { .text(200, "metrics for \($0.method)") },
        HTTPRoute("POST", "/metrics") { _ in .text(202, "taken") },
        HTTPRoute("GET", "/api/entries/own") { _ in .text(200, "own") },
        HTTPRoute("GET", "/api/entries/{name}") { _ in .text(200, "any") },
        HTTPRoute("PUT", "/api/entries/{name}", maxBodyBytes: 100) { _ in .text(200, "put") },
    ]

    private func problem(_ request: HTTPRequest, token: Secret? = nil) -> HTTPProblem? {
        do throws(HTTPProblem) {
            _ = try HTTPRouter(routes, token: token).route(request)
            return nil
        } catch {
            return error
        }
    }

    private func status(
        _ method: String,
        _ path: String,
        _ authorization: String? = nil,
        hasToken: Bool = true
    ) -> Int {
        let request = HTTPRequest(method, path, headers: (authorization, nil))
        return problem(request, token: hasToken ? "s3cr3t" : nil)?.status ?? 200
    }

    @Test("answers by method and path, HEAD like GET")
    func answers() {
        #expect(status("GET", "/livez", hasToken: false) == 200)
        #expect(status("HEAD", "/metrics", hasToken: false) == 200)
        #expect(status("POST", "/metrics", hasToken: false) == 200)
        #expect(status("GET", "/livez/", hasToken: false) == 404)
        #expect(status("DELETE", "/livez", hasToken: false) == 405)
    }

    @Test("names the methods a path has")
    func methods() {
        let problem = problem(HTTPRequest("PUT", "/metrics"))
        #expect(problem?.headers == [.init(name: "Allow", value: "GET, HEAD, POST")])
    }

    @Test("wants the token for everything but probes, and tells nobody else which paths there are")
    func token() {
        #expect(status("GET", "/livez") == 200)
        #expect(status("GET", "/metrics") == 401)
        #expect(status("GET", "/nothing") == 401)
        #expect(status("GET", "/metrics", "Bearer s3cr3t") == 200)
        #expect(status("GET", "/metrics", "bearer  s3cr3t") == 200)
        #expect(status("GET", "/nothing", "Bearer s3cr3t") == 404)
    }

    @Test(
        "takes no other token, nor a part of it",
        arguments: [
            "Bearer", "Bearer ", "Bearer s3cr3", "Bearer s3cr3tt", "Bearer s3cr3ts3cr3t",
            "Bearer S3CR3T", "Basic s3cr3t", "s3cr3t", "", "Bearer s3cr3t ",
        ]
    )
    func wrongTokens(authorization: String) {
        #expect(status("GET", "/metrics", authorization) == 401)
    }

    @Test("takes no body where none is expected")
    func noBody() {
        for length in [HTTPRequest.BodyLength.bytes(1), .unknown] {
            #expect(problem(HTTPRequest("GET", "/metrics", bodyLength: length))?.status == 413)
        }
        #expect(problem(HTTPRequest("GET", "/metrics")) == nil)
    }

    @Test(
        "takes a body up to its bound, and of a length that is known before",
        arguments: [
            (HTTPRequest.BodyLength.none, nil), (.bytes(100), nil), (.bytes(101), 413),
            (.bytes(.max), 413), (.unknown, 411),
        ]
    )
    func body(length: HTTPRequest.BodyLength, status: Int?) {
        let request = HTTPRequest("PUT", "/api/entries/a", bodyLength: length)
        #expect(problem(request)?.status == status)
    }

    @Test("finds names in paths, the first route of those that fit")
    func parameters() throws {
        let router = HTTPRouter(routes, token: nil)
        let any = try router.route(HTTPRequest("GET", "/api/entries/a b"))
        #expect(any.parameters == ["name": "a b"])
        let own = try router.route(HTTPRequest("GET", "/api/entries/own"))
        #expect(own.parameters.isEmpty)
        for path in ["/api/entries/", "/api/entries", "/api/entries/a/", "/api/entries//a", ""] {
            #expect(status("GET", path, hasToken: false) == 404)
        }
        #expect(status("POST", "/api/entries/a", hasToken: false) == 405)
    }

    @Test("lets no browser change anything, unless it has the token")
    func browsers() {
        let origin = "https://example.org"
        let put = HTTPRequest("PUT", "/api/entries/a", headers: (nil, origin))
        #expect(problem(put)?.status == 403)
        #expect(problem(HTTPRequest("GET", "/api/entries/a", headers: (nil, origin))) == nil)
        let authorized = HTTPRequest("PUT", "/api/entries/a", headers: ("Bearer t", origin))
        #expect(problem(authorized, token: "t") == nil)
        #expect(problem(put, token: "t")?.status == 401)
    }

    @Test("tells programs in JSON what is wrong, and others in a line of text")
    func problems() throws {
        let problem = try #require(self.problem(HTTPRequest("GET", "/nothing")))
        let text = problem.response(at: "/nothing")
        #expect(
            text.status == 404
                && String(decoding: text.body, as: UTF8.self)
                    == "there is nothing at this path\n"
        )
        let json = problem.response(at: "/api/nothing")
        #expect(json.status == 404 && json.contentType == "application/json")
        #expect(
            String(decoding: json.body, as: UTF8.self)
                == #"{"error":{"code":"not-found","message":"there is nothing at this path"}}"#
                + "\n"
        )
    }
}
