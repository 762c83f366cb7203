import Codecs
import Testing

@Suite(.timeLimit(.minutes(1))) struct MD5Tests {
    /// The test suite of RFC 1321.
    @Test(arguments: [
        ("", "d41d8cd98f00b204e9800998ecf8427e"),
        ("a", "0cc175b9c0f1b6a831c399e269772661"),
        ("abc", "900150983cd24fb0d6963f7d28e17f72"),
        ("message digest", "f96b697d7cb7938d525a2f31aaf161d0"),
        ("abcdefghijklmnopqrstuvwxyz", "c3fcd3d76192e4007dfb496cca67e13b"),
        (
            "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789",
            "d174ab98d277d9f5a5611c2c9f419d9f"
        ),
    ])
    func `digests are those of the RFC`(text: String, digest: String) {
        #expect(MD5.hexadecimal(of: text) == digest)
    }

    /// `hashlib.md5(b"x" * count).hexdigest()` in Python.
    @Test(arguments: [
        (55, "04364420e25c512fd958a70738aa8f72"), (56, "668a72d5ba17f08e62dabcafad6db14b"),
        (57, "693037871c4a9d3d8685018905cb530a"), (63, "7dc2ca208106a2f703567bdff99d8981"),
        (64, "c1bb4f81d892b2d57947682aeb252456"), (65, "1bc932052302d074bdec39795fe00cf6"),
        (119, "ab347a5f68c8a443cfcddc633f12c24f"), (120, "fb98667f98096de92620b64f46e1c5b5"),
        (1000, "398533d48111e9f664b1f64cb10c4b63"),
    ])
    func `digests are right on both sides of a block's end`(count: Int, digest: String) {
        #expect(MD5.hexadecimal(of: String(repeating: "x", count: count)) == digest)
    }
}
