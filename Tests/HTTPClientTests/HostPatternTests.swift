import HTTPClient
import Testing

@Suite("Patterns of hosts", .timeLimit(.minutes(1)))
struct HostPatternTests {
    @Test(
        arguments: [
            ("api.example.org", "API.Example.ORG", true),
            ("api.example.org", "api.example.org.", true),
            ("api.example.org", "xapi.example.org", false),
            ("*.example.org", "api.example.org", true), ("*.example.org", "a.b.example.org", true),
            ("*.example.org", "example.org", false), ("*.example.org", ".example.org", false),
            ("*.example.org", "evilexample.org", false),
            ("*.example.org", "example.org.evil.net", false), ("127.0.0.1", "127.0.0.1", true),
            ("[::1]", "::1", true), ("::1", "[::1]", true),
        ]
    )
    func `match the hosts that are meant`(pattern: String, host: String, isMeant: Bool) {
        #expect(HostPattern(pattern)?.matches(host) == isMeant)
    }

    @Test(
        arguments: [
            "", "*", "*.", "*.*.org", "a*.org", "a b", "http://a", "a/b", "a:80", ".a", "a..b",
            "é.org",
        ]
    )
    func `are no other texts`(text: String) {
        #expect(HostPattern(text) == nil)
    }
}
