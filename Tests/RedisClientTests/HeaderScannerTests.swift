import Testing

@testable import RedisClient

@Suite struct HeaderScannerTests {
    /// Scans the text whole and in two pieces cut at every byte; all must agree.
    private func verdict(
        _ text: String,
        limits: HeaderScanner.Limits = .init()
    ) -> (isAccepted: Bool, endsBetweenReplies: Bool) {
        let bytes = Array(text.utf8)
        var verdicts: [(Bool, Bool)] = []
        for cut in 0...bytes.count {
            var scanner = HeaderScanner(limits: limits)
            do throws(RedisError) {
                try scanner.scan(bytes.span.extracting(0..<cut))
                try scanner.scan(bytes.span.extracting(cut..<bytes.count))
                verdicts.append((true, scanner.isBetweenReplies))
            } catch {
                #expect(error.code == .protocolViolation)
                verdicts.append((false, false))
            }
        }
        for verdict in verdicts { #expect(verdict == verdicts[0], "\(text.debugDescription)") }
        return verdicts[0]
    }

    @Test(arguments: [
        "+OK\r\n", "-ERR no\r\n", ":12\r\n", ":-1\r\n", "$0\r\n\r\n", "$-1\r\n", "*-1\r\n",
        "*0\r\n",
        "$3\r\na\r\n\r\n", "*2\r\n$1\r\na\r\n*1\r\n:1\r\n", "+a\rb\r\n", "+a\r\r\n",
        "+OK\r\n+OK\r\n",
        "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n", "*2\r\n*0\r\n*-1\r\n",
    ])
    func `well-formed replies pass, wherever they are cut`(_ text: String) {
        #expect(verdict(text) == (true, true))
    }

    @Test(arguments: [
        // An announced 4 EiB string and 2^31 - 1 elements: hiredis alone would wait or allocate.
        "$4611686018427387904\r\n", "*2147483647\r\n", "$536870913\r\n", "*16777217\r\n",
        "$99999999999999999999999999\r\n",
        // More elements in all arrays together than in one.
        "*2\r\n*16777215\r\n",
        "*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n*1\r\n:1\r\n",
        // RESP3 types, and bytes that begin nothing.
        "%1\r\n", "_\r\n", ">2\r\n", ",1.5\r\n", "#t\r\n", "HTTP/1.1 400\r\n", "\r\n", "\0",
        "$-2\r\n", "*--1\r\n", "$\r\n", "$-\r\n", "$1 \r\na\r\n", "$+1\r\na\r\n", "$1\ra",
        "$1\r\nab\r\n",
        "$1\r\na\rb",
    ])
    func `what must not reach the reader is refused, wherever it is cut`(_ text: String) {
        #expect(!verdict(text).isAccepted)
    }

    @Test func `a line without an end is refused at its limit`() {
        var limits = HeaderScanner.Limits()
        limits.maxLineBytes = 10
        #expect(verdict("+0123456789\r\n", limits: limits) == (true, true))
        #expect(!verdict("+0123456789a", limits: limits).isAccepted)
        #expect(!verdict("+\r\r\r\r\r\r\r\r\r\r\r\r", limits: limits).isAccepted)
    }

    @Test func `an unfinished reply is not an end`() {
        for text in ["+OK", "+OK\r", "*1\r\n", "$1\r\na", "$1\r\na\r", "*2\r\n:1\r\n", "$5"] {
            #expect(verdict(text) == (true, false), "\(text.debugDescription)")
        }
    }
}
