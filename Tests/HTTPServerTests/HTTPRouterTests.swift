import Telemetry
import Testing

@testable import HTTPServer

@Suite("The router")
struct HTTPRouterTests {
    private let routes = [
        HTTPRoute("GET", "/livez", for: .everybody) { _ in .text(200, "alive") },
        HTTPRoute("GET", "/metrics") { .text(200, "metrics for \($0.method)") },
        HTTPRoute("POST", "/metrics") { _ in .text(202, "taken") },
    ]

    private func status(
        _ method: String,
        _ path: String,
        _ authorization: String? = nil,
        hasToken: Bool = true
    ) -> Int {
        let router = HTTPRouter(routes, token: hasToken ? "s3cr3t" : nil)
        let request = HTTPRequest(method: method, path: path, authorization: authorization)
        return router.answer(request).status
    }

    @Test("answers by method and path, HEAD like GET")
    func answers() {
        #expect(status("GET", "/livez", hasToken: false) == 200)
        #expect(status("HEAD", "/metrics", hasToken: false) == 200)
        #expect(status("POST", "/metrics", hasToken: false) == 202)
        #expect(status("GET", "/livez/", hasToken: false) == 404)
        #expect(status("DELETE", "/livez", hasToken: false) == 405)
    }

    @Test("names the methods a path has")
    func methods() {
        let router = HTTPRouter(routes, token: nil)
        let answer = router.answer(HTTPRequest(method: "PUT", path: "/metrics"))
        #expect(answer.headers == [.init(name: "Allow", value: "GET, HEAD, POST")])
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
    func body() {
        let router = HTTPRouter(routes, token: nil)
        let request = HTTPRequest(method: "GET", path: "/metrics", hasBody: true)
        #expect(router.answer(request).status == 413)
    }
}
