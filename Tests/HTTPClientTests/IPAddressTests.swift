import Testing

@testable import HTTPClient

@Suite("Addresses", .timeLimit(.minutes(1)))
struct IPAddressTests {
    @Test(
        arguments: [
            ("8.8.8.8", IPAddress.Scope.global), ("1.1.1.1", .global), ("172.15.0.1", .global),
            ("172.32.0.1", .global), ("100.63.255.255", .global), ("100.128.0.0", .global),
            ("127.0.0.1", .loopback), ("127.255.255.254", .loopback), ("10.0.0.1", .privateUse),
            ("172.16.0.1", .privateUse), ("172.31.255.255", .privateUse),
            ("192.168.1.1", .privateUse), ("100.64.0.1", .carrier), ("100.127.255.255", .carrier),
            ("169.254.169.254", .linkLocal), ("224.0.0.1", .multicast),
            ("239.255.255.255", .multicast), ("0.0.0.0", .unspecified), ("0.1.2.3", .reserved),
            ("255.255.255.255", .reserved), ("240.0.0.1", .reserved), ("198.18.0.1", .reserved),
            ("192.0.2.7", .reserved), ("203.0.113.9", .reserved), ("192.0.0.8", .reserved),
        ]
    )
    func `of four bytes have the scope of their registry`(text: String, scope: IPAddress.Scope) {
        #expect(IPAddress(text)?.scope == scope)
        #expect(IPAddress(text)?.description == text)
    }

    @Test(
        arguments: [
            ("2606:4700::1111", IPAddress.Scope.global), ("::1", .loopback), ("::", .unspecified),
            ("::ffff:8.8.8.8", .mapped), ("::ffff:127.0.0.1", .mapped), ("::127.0.0.1", .reserved),
            ("fe80::1", .linkLocal), ("fe80::1%eth0", .linkLocal), ("febf::1", .linkLocal),
            ("fec0::1", .privateUse), ("fd00::1", .privateUse), ("fc00::1", .privateUse),
            ("ff02::1", .multicast), ("2001:db8::1", .reserved), ("2001::1", .reserved),
            ("2002:7f00:1::", .reserved), ("64:ff9b::8.8.8.8", .global),
            ("64:ff9b::10.0.0.1", .privateUse), ("64:ff9b::127.0.0.1", .loopback),
            ("64:ff9b:1::8.8.8.8", .reserved), ("100::1", .reserved), ("4000::1", .reserved),
        ]
    )
    func `of sixteen bytes have the scope of their registry`(text: String, scope: IPAddress.Scope) {
        #expect(IPAddress(text)?.scope == scope)
    }

    @Test(arguments: ["", "1.2.3", "example.org", "1.2.3.256", "::g", "1.2.3.4.5"])
    func `are not read from other texts`(text: String) {
        #expect(IPAddress(text) == nil)
    }

    @Test
    func `of a network of one's own are neither those of the wire nor of everybody`() {
        let access = HTTPAccess(scopes: HTTPAccess.ownNetwork)
        let allowed = ["10.1.2.3", "127.0.0.1", "fd00::1", "100.64.1.1", "8.8.8.8"]
        #expect(allowed.compactMap(IPAddress.init).allSatisfy(access.allows))
        for text in ["169.254.169.254", "0.0.0.0", "224.0.0.1", "::ffff:10.0.0.1", "fe80::1"] {
            let address = IPAddress(text)
            #expect(address.map(access.allows) == false)
        }
    }
}
