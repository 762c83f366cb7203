import Codecs
import Testing

/// The vectors of FIPS 180-4, and of NIST's examples.
@Suite(.timeLimit(.minutes(1))) struct SHA256Tests {
    @Test(arguments: [
        ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
        ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
        (
            "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
            "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"
        ),
        (
            String(repeating: "a", count: 1_000_000),
            "cdc76e5c9914fb9281a1c7e284d73e67f1809a48a497200e046d39ccc7112cd0"
        ),
    ])
    func `digests are those that were published`(text: String, digest: String) {
        #expect(SHA256.hexadecimal(of: text) == digest)
        #expect(SHA256.hexadecimal(of: Array(text.utf8)) == digest)
    }

    @Test func `parts come to what the whole comes to`() {
        let text = String((0..<1000).map { Character(UnicodeScalar(UInt8(32 + $0 % 90))) })
        for size in [1, 3, 63, 64, 65, 999] {
            var hash = SHA256()
            var rest = text[...]
            while !rest.isEmpty {
                hash.add(String(rest.prefix(size)))
                rest = rest.dropFirst(size)
            }
            #expect(Hexadecimal.text(of: hash.finish()) == SHA256.hexadecimal(of: text))
        }
    }

    @Test func `bytes have two digits each`() {
        #expect(Hexadecimal.text(of: [0, 9, 10, 255] as [UInt8]) == "00090aff")
        #expect(Hexadecimal.text(of: [] as [UInt8]) == "")
    }
}
