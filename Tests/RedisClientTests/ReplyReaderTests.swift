import Testing

@testable import RedisClient

@Suite struct ReplyReaderTests {
    /// Feeds the bytes in pieces of `size` and gives each reply's description.
    private func read(_ bytes: [UInt8], inPiecesOf size: Int) throws -> [String] {
        let reader = try ReplyReader()
        var replies: [String] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            let end = min(start + size, bytes.count)
            try reader.feed(bytes.span.extracting(start..<end)) { reader in
                replies += reader.takeReplies().map(\.description)
                return true
            }
        }
        return replies
    }

    private let sample = Array(
        ("+OK\r\n:42\r\n:-9223372036854775808\r\n$-1\r\n*-1\r\n*0\r\n-ERR no\r\n$0\r\n\r\n"
            + "$4\r\n\r\n\r\n\r\n*3\r\n*0\r\n*2\r\n:1\r\n*1\r\n$1\r\na\r\n$1\r\nb\r\n+end\r\n")
            .utf8
    )
    private let meaning = [
        "OK", "42", "-9223372036854775808", "null", "null", "[]", "ERR no", "\"\"", "\"\r\n\r\n\"",
        "[[], [1, [\"a\"]], \"b\"]", "end",
    ]

    @Test func `replies mean the same in pieces of any size`() throws {
        for size in 1...sample.count {
            #expect(try read(sample, inPiecesOf: size) == meaning, "pieces of \(size) bytes")
        }
    }

    @Test func `replies mean the same cut at every byte`() throws {
        for cut in 0...sample.count {
            let reader = try ReplyReader()
            var replies: [String] = []
            for piece in [0..<cut, cut..<sample.count] {
                try reader.feed(sample.span.extracting(piece)) { reader in
                    replies += reader.takeReplies().map(\.description)
                    return true
                }
            }
            #expect(replies == meaning, "cut at \(cut)")
        }
    }

    @Test func `the replies of a pipeline share one tape, each at its place`() throws {
        let reader = try ReplyReader()
        try reader.feed(sample.span) { _ in true }
        let replies = reader.takeReplies()
        #expect(replies.map(\.description) == meaning)
        #expect(replies[9][1]?[1]?[0]?.string == "a")
        #expect(replies[9][3] == nil)
        #expect(replies.firstError?.code == .server(.other("ERR")))
        #expect(reader.takeReplies().isEmpty)
    }

    @Test func `a slice outlives its reply`() throws {
        func payload() throws -> ArraySlice<UInt8>? {
            let reader = try ReplyReader()
            try reader.feed(Array("*1\r\n$5\r\nhello\r\n".utf8).span) { _ in true }
            return reader.takeReplies()[0][0]?.bytes
        }
        #expect(try payload() == Array("hello".utf8)[...])
    }

    @Test func `a cursor reads a fixed shape and stays where it is refused`() throws {
        let reader = try ReplyReader()
        let text = "*4\r\n$1\r\na\r\n*2\r\n:1\r\n*1\r\n:2\r\n:7\r\n$-1\r\n"
        try reader.feed(Array(text.utf8).span) { _ in true }
        var cursor = reader.takeReplies()[0].cursor
        #expect(cursor.bytes() == nil)
        #expect(cursor.enterArray() == 4)
        #expect(cursor.integer() == nil)
        #expect(cursor.bytes().map(Array.init) == Array("a".utf8))
        cursor.skip()
        #expect(cursor.enterArray() == nil)
        #expect(cursor.integer() == 7)
        #expect(cursor.kind == .null)
        #expect(cursor.skipNull() == true)
        #expect(cursor.kind == nil)
        #expect(cursor.next() == nil)
        cursor.skip()
        #expect(cursor.skipNull() == false)
    }

    @Test func `a string larger than any buffer arrives whole`() throws {
        let payload = (0..<3_000_000).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let wire = Array("$\(payload.count)\r\n".utf8) + payload + Array("\r\n+OK\r\n".utf8)
        let reader = try ReplyReader()
        var replies: [RedisReply] = []
        try reader.feed(wire.span) { reader in
            replies += reader.takeReplies()
            return true
        }
        #expect(replies.count == 2)
        #expect(replies[0].bytes.map(Array.init) == payload)
    }

    @Test func `what hiredis refuses is a protocol violation, not a crash`() throws {
        // Not a number; and a reader that failed once keeps failing.
        let reader = try ReplyReader()
        for _ in 0..<2 {
            #expect { try reader.feed(Array(":x\r\n".utf8).span) { _ in true } } throws: {
                ($0 as? RedisError)?.code == .protocolViolation
            }
        }
    }

    @Test func `an announced array costs no memory before its elements arrive`() throws {
        let before = ResidentMemory.bytes()
        var readers: [ReplyReader] = []
        for _ in 0..<16 {
            let reader = try ReplyReader()
            try reader.feed(Array("*16777215\r\n:1\r\n".utf8).span) { _ in true }
            readers.append(reader)
        }
        #expect(ResidentMemory.bytes() - before < 8 << 20)
        #expect(readers.count == 16)
    }
}
