import Codecs
import Testing

@Suite struct Base64Tests {
    @Test(arguments: [
        ("", ""), ("f", "Zg=="), ("fo", "Zm8="), ("foo", "Zm9v"), ("foob", "Zm9vYg=="),
        ("fooba", "Zm9vYmE="), ("foobar", "Zm9vYmFy"),
    ])
    func `the vectors of RFC 4648 come out right`(text: String, encoded: String) {
        #expect(Base64.text(of: Array(text.utf8)[...]) == encoded)
    }

    @Test func `every byte has its digits`() {
        #expect(Base64.text(of: [0xFB, 0xFF, 0xBF]) == "+/+/")
        #expect(Base64.text(of: [9, 0, 0x10, 0x83].dropFirst()) == "ABCD")
    }
}
