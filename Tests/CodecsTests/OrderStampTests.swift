import Codecs
import Testing

@Suite struct OrderStampTests {
    private func entry(_ id: String, _ stream: Int = 0) -> OrderStamp? {
        OrderStamp(entryID: Array(id.utf8)[...], ofStream: stream)
    }

    private func text(_ stamp: OrderStamp) -> String {
        var bytes: [UInt8] = []
        stamp.appendPosition(to: &bytes)
        return String(decoding: bytes, as: UTF8.self)
    }

    private let ascending = [
        ("0-1", 0), ("9-0", 1), ("10-0", 0), ("1700000000000-2", 1), ("1700000000000-10", 0),
        ("1700000000000-10", 1), ("1700000000001-0", 0), ("99999999999999999-7", 0),
    ]

    @Test func `stamps of entries rise with their ids, and so do their texts`() throws {
        let stamps = try ascending.map { try #require(entry($0.0, $0.1)) }
        let texts = stamps.map(text)
        for (index, pair) in zip(stamps, stamps.dropFirst()).enumerated() {
            #expect(pair.0.isOlder(than: pair.1) && !pair.1.isOlder(than: pair.0), "\(index)")
            #expect(texts[index] < texts[index + 1])
        }
        #expect(texts.allSatisfy { $0.utf8.count == OrderStamp.digitCount })
    }

    @Test func `a stamp is read back from its text, and an id from its stamp`() throws {
        for (id, stream) in ascending.dropLast() {
            let stamp = try #require(entry(id, stream))
            #expect(OrderStamp(clock: .server, position: Array(text(stamp).utf8)[...]) == stamp)
            #expect(stamp.entryID == id)
        }
        #expect(OrderStamp(clock: .server, position: Array("12".utf8)[...]) == nil)
    }

    @Test(arguments: ["", "1", "1-x", "-", "1-2-3", "a-1", " 1-1"])
    func `what is no id has no stamp, unless its parts are empty`(id: String) {
        #expect((entry(id) == nil) == (id != "-"))
    }

    @Test func `stamps of two clocks are never older or later`() throws {
        let stamps = try [
            #require(entry("5-0")),
            #require(OrderStamp(producer: "a", milliseconds: 1, nanoseconds: 0)),
            #require(OrderStamp(producer: "b", milliseconds: 9, nanoseconds: 0)),
        ]
        for left in stamps { for right in stamps { #expect(!left.isOlder(than: right)) } }
        let later = try #require(OrderStamp(producer: "a", milliseconds: 1, nanoseconds: 1))
        #expect(stamps[1].isOlder(than: later))
        #expect(OrderStamp(producer: "a", milliseconds: -1, nanoseconds: 0) == nil)
    }

    @Test func `what waits for a moment is as new as that, or as it was`() throws {
        let stamp = try #require(entry("1000-7"))
        #expect(stamp.notBefore(milliseconds: 999) == stamp)
        #expect(stamp.notBefore(milliseconds: 1_000) == stamp)
        #expect(stamp.notBefore(milliseconds: 1_001).entryID == "1001-0")
    }
}
