import Testing

@testable import AMQPClient

@Suite struct AckWindowTests {
    private typealias Ack = AckWindow.Ack

    private func window(_ count: UInt64) throws -> AckWindow {
        var window = AckWindow()
        for tag in 1...count { try window.delivered(tag) }
        return window
    }

    @Test func `a batch in order is one frame`() throws {
        var window = try window(500)
        for tag in 1...500 as ClosedRange<UInt64> { #expect(window.acknowledge(tag) == true) }
        #expect(window.takeAcks() == [Ack(tag: 500, isMultiple: true)])
        #expect(window.takeAcks().isEmpty)
        #expect(window.count == 0)
    }

    @Test func `what is acknowledged above something in work is named alone`() throws {
        var window = try window(6)
        for tag in [1, 2, 4, 6] as [UInt64] { #expect(window.acknowledge(tag) == true) }
        #expect(
            window.takeAcks() == [
                Ack(tag: 2, isMultiple: true), Ack(tag: 4, isMultiple: false),
                Ack(tag: 6, isMultiple: false),
            ]
        )
        #expect(window.acknowledge(3) == true)
        // 4 is settled at the broker already, so "all up to" ends at 3.
        #expect(window.takeAcks() == [Ack(tag: 3, isMultiple: true)])
        #expect(window.lowestUnsettled == 5)
        // 5 alone is not settled; 6 above it is.
        #expect(window.unsettledCount == 1 && window.count == 2 && window.deliveredCount == 6)
    }

    @Test func `an order within one call does not matter`() throws {
        var window = try window(5)
        for tag in [5, 3, 1, 2, 4] as [UInt64] { #expect(window.acknowledge(tag) == true) }
        #expect(window.takeAcks() == [Ack(tag: 5, isMultiple: true)])
    }

    @Test func `all up to never names a tag that was handed back`() throws {
        var window = try window(3)
        #expect(window.settle(3) == true)
        #expect(window.acknowledge(1) == true)
        #expect(window.acknowledge(2) == true)
        #expect(window.takeAcks() == [Ack(tag: 2, isMultiple: true)])
        #expect(window.lowestUnsettled == 4)
    }

    @Test func `a delivery is settled once, and one that never came not at all`() throws {
        var window = try window(2)
        #expect(window.acknowledge(1) == true)
        #expect(window.acknowledge(1) == false)
        #expect(window.settle(1) == false)
        #expect(window.acknowledge(3) == false)
        #expect(window.acknowledge(0) == false)
        #expect(window.takeAcks() == [Ack(tag: 1, isMultiple: true)])
    }

    @Test func `a number out of its place is a violation`() throws {
        var window = try window(2)
        #expect(throws: AMQPError.self) { try window.delivered(4) }
        #expect(throws: AMQPError.self) { try window.delivered(2) }
    }

    @Test func `any mixture settles every delivery exactly once at the broker`() throws {
        var random = SystemRandomNumberGenerator()
        for _ in 0..<200 {
            var window = AckWindow()
            var unsettled: Set<UInt64> = []
            var working: [UInt64] = []
            var next: UInt64 = 1
            for _ in 0..<100 {
                for _ in 0..<Int.random(in: 0...20, using: &random) {
                    try window.delivered(next)
                    unsettled.insert(next)
                    working.append(next)
                    next += 1
                }
                working.shuffle(using: &random)
                for tag in working.prefix(Int.random(in: 0...20, using: &random)) {
                    if Bool.random(using: &random) {
                        #expect(window.acknowledge(tag) == true)
                    } else {
                        #expect(window.settle(tag) == true)
                        #expect(unsettled.remove(tag) != nil)
                    }
                    working.removeAll { $0 == tag }
                }
                for ack in window.takeAcks() {
                    #expect(unsettled.contains(ack.tag), "the broker refuses an unknown tag")
                    unsettled = unsettled.filter { ack.isMultiple ? $0 > ack.tag : $0 != ack.tag }
                }
                #expect(unsettled == Set(working))
            }
        }
    }
}
