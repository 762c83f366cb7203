import Testing

@testable import HTTPServer

@Suite("An address to listen on")
struct ListenAddressTests {
    @Test(
        "is an IP address in digits with a port",
        arguments: [
            ("127.0.0.1:9464", "127.0.0.1", 9464), ("0.0.0.0:0", "0.0.0.0", 0),
            ("[::1]:65535", "::1", 65_535), ("[::ffff:10.0.0.1]:80", "::ffff:10.0.0.1", 80),
            ("localhost:1", "127.0.0.1", 1),
        ]
    )
    func reads(text: String, host: String, port: Int) {
        let address = ListenAddress(text)
        #expect(address?.host == host)
        #expect(address.map { Int($0.port) } == port)
    }

    @Test(
        "is nothing else",
        arguments: [
            "", ":", "9464", ":9464", "127.0.0.1", "127.0.0.1:", "127.0.0.1:65536",
            "127.0.0.1:+80", "127.0.0.1:-1", "127.0.0.256:1", "127.0.0.01:1", "127.0.1:1",
            "::1:80", "[::1]", "[]:80", "[1]:80", "example.org:80", "*:80", "127.0.0.1.:80",
        ]
    )
    func refuses(text: String) {
        #expect(ListenAddress(text) == nil)
    }

    @Test("tells whether only this machine can connect")
    func loopback() {
        let local = ["127.0.0.1:1", "127.1.2.3:1", "[::1]:1", "localhost:1"]
        #expect(local.allSatisfy { ListenAddress($0)?.isLoopback == true })
        let open = ["0.0.0.0:1", "10.0.0.1:1", "[::]:1", "[::ffff:127.0.0.1]:1", "12.7.0.1:1"]
        #expect(open.allSatisfy { ListenAddress($0)?.isLoopback == false })
    }
}
