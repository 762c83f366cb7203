import Testing

@testable import RedisClient

@Suite struct RedisCommandTests {
    private func wire(_ command: RedisCommand) -> String {
        String(decoding: Pipeline(command).encoded, as: UTF8.self)
    }

    @Test func `arguments of every type become bytes with their length`() {
        let command = RedisCommand(
            "SET",
            "key",
            Array("v\0".utf8),
            Array("slice".utf8)[1...],
            "sub".dropFirst(),
            Int.min,
            UInt64.max,
            0,
            1.5,
            ""
        )
        #expect(
            wire(command)
                == "*10\r\n$3\r\nSET\r\n$3\r\nkey\r\n$2\r\nv\0\r\n$4\r\nlice\r\n$2\r\nub\r\n"
                + "$20\r\n-9223372036854775808\r\n$20\r\n18446744073709551615\r\n$1\r\n0\r\n"
                + "$3\r\n1.5\r\n$0\r\n\r\n"
        )
        #expect(command.count == 10)
    }

    @Test func `a command of empty arguments is formatted too`() {
        #expect(wire(RedisCommand("")) == "*1\r\n$0\r\n\r\n")
    }

    @Test func `a pipeline counts its commands and lays them end to end`() {
        var pipeline = Pipeline()
        #expect(pipeline.isEmpty)
        pipeline.append("PING")
        pipeline.append("ECHO", "x")
        #expect(pipeline.count == 2)
        #expect(
            String(decoding: pipeline.encoded, as: UTF8.self)
                == "*1\r\n$4\r\nPING\r\n*2\r\n$4\r\nECHO\r\n$1\r\nx\r\n"
        )
        #expect(!pipeline.isOversized)
    }

    @Test func `a command with more arguments than Redis takes is not formatted`() {
        var command = RedisCommand("DEL")
        command.append(contentsOf: repeatElement("k", count: CommandFormatter.maxArguments))
        let pipeline = Pipeline(command)
        #expect(pipeline.isOversized)
        #expect(pipeline.encoded.isEmpty)
    }

    @Test func `a description shows no argument`() {
        #expect("\(RedisCommand("AUTH", "secret"))" == "AUTH")
    }

    @Test func `SHA-1 gives the published digests`() {
        let vectors = [
            ("", "da39a3ee5e6b4b0d3255bfef95601890afd80709"),
            ("abc", "a9993e364706816aba3e25717850c26c9cd0d89d"),
            (
                "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq",
                "84983e441c3bd26ebaae4aa1f95129e5e54670f1"
            ),
            (String(repeating: "a", count: 1_000_000), "34aa973cd4c4daa4f61eeb2bdbad27316534016f"),
        ]
        for (text, digest) in vectors {
            #expect(SHA1.hexadecimalDigest(of: text.utf8) == digest)
        }
    }

    @Test func `a script call goes by digest, and by source with the same arguments`() {
        let script = RedisScript("return 1")
        let call = script.call(keys: ["a", "b"], "x", 7)
        #expect(
            wire(call.byDigest)
                == "*7\r\n$7\r\nEVALSHA\r\n$40\r\n\(script.digest)\r\n$1\r\n2\r\n"
                + "$1\r\na\r\n$1\r\nb\r\n$1\r\nx\r\n$1\r\n7\r\n"
        )
        #expect(
            wire(call.bySource)
                == "*7\r\n$4\r\nEVAL\r\n$8\r\nreturn 1\r\n$1\r\n2\r\n$1\r\na\r\n$1\r\nb\r\n"
                + "$1\r\nx\r\n$1\r\n7\r\n"
        )
    }
}
