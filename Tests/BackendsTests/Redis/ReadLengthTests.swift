import TestSupport
import Testing

@testable import Backends

@Suite struct ReadLengthTests {
    private let bound = 64 << 20

    @Test func `the first reads are short, and each may be twice as long as the last`() {
        var length = ReadLength()
        var counts: [Int] = []
        for _ in 0..<7 {
            let count = length.count(atMost: 256, bytes: bound)
            counts.append(count)
            length.saw(entries: count, bytes: count * 200)
        }
        #expect(counts == [16, 32, 64, 128, 256, 256, 256])
    }

    @Test func `entries of a known weight are read up to half of what may be taken`() {
        var length = ReadLength()
        for _ in 0..<20 {
            let count = length.count(atMost: 256, bytes: bound)
            length.saw(entries: count, bytes: count << 20)
        }
        #expect(length.count(atMost: 256, bytes: bound) == 32)
        #expect(length.count(atMost: 256, bytes: bound / 4) == 8)
        #expect(length.count(atMost: 5, bytes: bound) == 5)
        #expect(length.count(atMost: 256, bytes: 1) == 1)
    }

    @Test func `one that is larger than all bounds is read alone`() {
        var length = ReadLength()
        length.saw(entries: 1, bytes: 1 << 30)
        #expect(length.count(atMost: 256, bytes: bound) == 1)
    }

    @Test func `when entries grow heavy or light again, reads grow short or long again`() {
        var length = ReadLength()
        for _ in 0..<10 { length.saw(entries: 256, bytes: 256 * 100) }
        #expect(length.count(atMost: 256, bytes: bound) == 256)
        length.saw(entries: 1, bytes: 4 << 20)
        #expect(length.count(atMost: 256, bytes: bound) == 8)
        for _ in 0..<40 {
            let count = length.count(atMost: 256, bytes: bound)
            length.saw(entries: count, bytes: count * 100)
        }
        #expect(length.count(atMost: 256, bytes: bound) == 256)
    }

    @Test func `where nobody bounds the bytes all is read that may be`() {
        #expect(ReadLength().count(atMost: 256, bytes: .max) == 256)
    }

    @Test(arguments: 0..<20)
    func `however sizes change, a read goes beyond the bound only after a leap`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        var length = ReadLength()
        var size = 100
        for _ in 0..<500 {
            // Sizes that change by no more than a factor of two from read to read.
            size = min(max(size * .random(in: 1...4, using: &random) / 2, 50), 8 << 20)
            let count = length.count(atMost: 256, bytes: bound)
            #expect(count >= 1 && count <= 256)
            #expect(count * size <= bound || count == 1)
            length.saw(entries: count, bytes: count * size)
        }
    }
}
