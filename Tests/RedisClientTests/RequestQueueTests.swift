import Testing

@testable import RedisClient

@Suite struct RequestQueueTests {
    private typealias Queue = RequestQueue<String>
    private let start = ContinuousClock.now

    private func queue(commands: Int = 10, bytes: Int = 1000, waiting: Int = 100) -> Queue {
        Queue(limits: .init(commands: commands, bytes: bytes, waiting: waiting))
    }

    private func request(_ id: UInt64, commands: Int = 1, bytes: Int = 10) -> Queue.Request {
        Queue.Request(id: id, commands: commands, bytes: bytes, timeout: .seconds(5))
    }

    private func submit(_ queue: inout Queue, _ id: UInt64, commands: Int = 1) -> Queue.Admission {
        queue.submit(
            "call \(id)",
            request(id, commands: commands),
            patience: .seconds(3),
            at: start
        )
    }

    private func written(_ queue: inout Queue) -> [String] {
        var calls: [String] = []
        while let call = queue.nextToWrite(at: start) { calls.append(call) }
        return calls
    }

    @Test func `calls wait until the link is open, and are written in their order`() {
        var queue = queue()
        for id in 1...3 { #expect(submit(&queue, UInt64(id)) == .wait) }
        #expect(written(&queue).isEmpty)
        queue.open()
        #expect(written(&queue) == ["call 1", "call 2", "call 3"])
        #expect(submit(&queue, 4) == .write)
        #expect(queue.commandsInFlight == 4)
    }

    @Test func `nobody overtakes a waiting call, however small`() {
        var queue = queue(commands: 10)
        queue.open()
        #expect(submit(&queue, 1, commands: 8) == .write)
        #expect(submit(&queue, 2, commands: 5) == .wait)
        #expect(submit(&queue, 3, commands: 1) == .wait)
        #expect(written(&queue).isEmpty)
        for _ in 1...7 { #expect(queue.replyReceived() == .incomplete) }
        #expect(queue.replyReceived() == .completed("call 1"))
        #expect(written(&queue) == ["call 2", "call 3"])
    }

    @Test func `bytes are bounded like commands, and a call beyond every limit passes alone`() {
        var queue = queue(commands: 10, bytes: 100)
        queue.open()
        let large = queue.submit(
            "large",
            request(1, commands: 50, bytes: 5000),
            patience: .zero,
            at: start
        )
        #expect(large == .write)
        #expect(submit(&queue, 2) == .wait)
        for _ in 1...49 { #expect(queue.replyReceived() == .incomplete) }
        #expect(written(&queue).isEmpty)
        #expect(queue.replyReceived() == .completed("large"))
        #expect(written(&queue) == ["call 2"])
        #expect(queue.submit("b", request(3, bytes: 91), patience: .zero, at: start) == .wait)
    }

    @Test func `a full queue refuses`() {
        var queue = queue(waiting: 2)
        #expect(submit(&queue, 1) == .wait)
        #expect(submit(&queue, 2) == .wait)
        #expect(submit(&queue, 3) == .refuse)
    }

    @Test func `a reply without a call is nobody's`() {
        var queue = queue()
        queue.open()
        #expect(queue.replyReceived() == .nobody)
    }

    @Test func `a cancelled call that waited is gone, one in flight still takes its reply`() {
        var queue = queue(commands: 1)
        queue.open()
        for id in 1...4 { _ = submit(&queue, UInt64(id)) }
        #expect(queue.cancel(1)?.wasInFlight == true)
        let waiting = queue.cancel(3)
        #expect(waiting?.call == "call 3")
        #expect(waiting?.wasInFlight == false)
        #expect(queue.cancel(3) == nil)
        #expect(queue.cancel(9) == nil)
        #expect(queue.replyReceived() == .completed("call 1"))
        #expect(written(&queue) == ["call 2"])
        #expect(queue.replyReceived() == .completed("call 2"))
        #expect(written(&queue) == ["call 4"])
    }

    @Test func `closing gives up what is in flight and keeps what waits, for a while`() {
        var queue = queue(commands: 2)
        queue.open()
        for id in 1...3 { _ = submit(&queue, UInt64(id)) }
        #expect(queue.close(patience: .seconds(1), at: start) == ["call 1", "call 2"])
        #expect(!queue.hasInFlight)
        #expect(queue.commandsInFlight == 0)
        #expect(queue.earliestDeadline == start + .seconds(1))
        #expect(queue.takeExpired(at: start + .milliseconds(999)).isEmpty)
        #expect(queue.takeExpired(at: start + .seconds(1)) == ["call 3"])
        #expect(queue.earliestDeadline == nil)
        queue.open()
        #expect(written(&queue).isEmpty)
    }

    @Test func `a paused queue finishes what is in flight and starts nothing`() {
        var queue = queue()
        queue.open()
        #expect(submit(&queue, 1) == .write)
        queue.pause()
        #expect(submit(&queue, 2) == .wait)
        #expect(queue.replyReceived() == .completed("call 1"))
        #expect(written(&queue).isEmpty)
        #expect(queue.removeAllWaiting() == ["call 2"])
    }

    @Test func `a call in flight is overdue after its timeout, counted from the write`() {
        var queue = queue(commands: 1)
        queue.open()
        _ = submit(&queue, 1)
        #expect(queue.earliestDeadline == start + .seconds(5))
        #expect(!queue.isOverdue(at: start + .milliseconds(4999)))
        #expect(queue.isOverdue(at: start + .seconds(5)))
        _ = submit(&queue, 2)
        #expect(queue.replyReceived() == .completed("call 1"))
        #expect(queue.nextToWrite(at: start + .seconds(2)) == "call 2")
        #expect(!queue.isOverdue(at: start + .milliseconds(6999)))
        #expect(queue.isOverdue(at: start + .seconds(7)))
    }

    @Test func `a long history leaves nothing behind`() {
        var queue = queue(commands: 3)
        queue.open()
        var completed = 0
        for id in 1...10_000 {
            _ = submit(&queue, UInt64(id))
            if id % 7 == 0 { _ = queue.cancel(UInt64(id)) }
            if id % 3 == 0, case .completed = queue.replyReceived() { completed += 1 }
            _ = written(&queue)
            if queue.waitingCount > 90 {
                while case .completed = queue.replyReceived() { _ = written(&queue) }
            }
        }
        while case .completed = queue.replyReceived() { _ = written(&queue) }
        #expect(completed > 1000)
        #expect(queue.waitingCount == 0)
        #expect(queue.commandsInFlight == 0)
        #expect(queue.earliestDeadline == nil)
    }
}

extension RequestQueue.ReplyTarget: Equatable where Call: Equatable {
    static func == (left: Self, right: Self) -> Bool {
        switch (left, right) {
        case (.incomplete, .incomplete), (.nobody, .nobody): true
        case (.completed(let left), .completed(let right)): left == right
        default: false
        }
    }
}
