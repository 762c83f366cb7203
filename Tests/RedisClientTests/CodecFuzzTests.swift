import Testing

@testable import RedisClient

/// Random replies, whole and damaged: the scanner and the reader must agree on every byte.
@Suite struct CodecFuzzTests {
    /// SplitMix64, so that a failure can be repeated by its seed.
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state &+= 0x9e37_79b9_7f4a_7c15
            var mixed = state
            mixed = (mixed ^ mixed >> 30) &* 0xbf58_476d_1ce4_e5b9
            mixed = (mixed ^ mixed >> 27) &* 0x94d0_49bb_1331_11eb
            return mixed ^ mixed >> 31
        }
    }

    private func reply(depth: Int, _ random: inout Random) -> String {
        switch Int.random(in: 0..<(depth < 4 ? 8 : 6), using: &random) {
        case 0: return "+OK \(Int.random(in: 0..<100, using: &random))\r\n"
        case 1: return "-ERR x\r\n"
        case 2: return ":\(Int.random(in: -1000...1000, using: &random))\r\n"
        case 3: return "$-1\r\n"
        case 4: return "*-1\r\n"
        case 5:
            let text = String(repeating: "\r\n", count: Int.random(in: 0...3, using: &random))
            return "$\(text.utf8.count)\r\n\(text)\r\n"
        default:
            let count = Int.random(in: 0...4, using: &random)
            let elements = (0..<count).map { _ in reply(depth: depth + 1, &random) }
            return "*\(count)\r\n" + elements.joined()
        }
    }

    private static let telling = Array("$*:+-\r\n019".utf8)

    private func damage(_ bytes: inout [UInt8], _ random: inout Random) {
        let place = Int.random(in: 0..<bytes.count, using: &random)
        switch Int.random(in: 0..<3, using: &random) {
        case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
        case 1: bytes.remove(at: place)
        default: bytes.insert(Self.telling[place % Self.telling.count], at: place)
        }
    }

    /// Feeds byte by byte and notes where replies end; nil when the bytes are refused.
    private func ends(of bytes: [UInt8], seed: UInt64) throws -> [Int]? {
        let reader = try ReplyReader()
        var scanner = HeaderScanner()
        var ends: [Int] = []
        for place in bytes.indices {
            let byte = bytes.span.extracting(place..<place + 1)
            var received = 0
            do throws(RedisError) {
                try reader.feed(byte) { _ in
                    received += 1
                    return true
                }
            } catch {
                return nil
            }
            try scanner.scan(byte)
            #expect(scanner.isBetweenReplies == (received == 1), "seed \(seed), byte \(place)")
            if received == 1 { ends.append(place) }
        }
        return ends
    }

    @Test func `whole and damaged replies end where the scanner says, and never crash`() throws {
        var refused = 0
        for seed in 0..<3_000 {
            var random = Random(state: UInt64(seed))
            var bytes = (0..<3).flatMap { _ in Array(reply(depth: 0, &random).utf8) }
            let isDamaged = seed % 3 > 0
            if isDamaged { damage(&bytes, &random) }
            let ends = try ends(of: bytes, seed: UInt64(seed))
            if !isDamaged { #expect(ends?.count == 3, "seed \(seed)") }
            if ends == nil { refused += 1 }
            // The same bytes at once, through the scanner's short way.
            let reader = try ReplyReader()
            var received = 0
            let whole: Void? = try? reader.feed(bytes.span) { _ in
                received += 1
                return true
            }
            #expect((whole == nil) == (ends == nil), "seed \(seed)")
            if let ends { #expect(received == ends.count, "seed \(seed)") }
        }
        #expect(refused > 500)
    }
}
