import EventLoop
import Synchronization
import Testing

@Suite struct EventLoopContinuationTests {
    private actor Resident: LoopConfined {
        nonisolated let loop: EventLoop
        private let order: AsyncStream<String>.Continuation

        init(loop: EventLoop, order: AsyncStream<String>.Continuation) {
            self.loop = loop
            self.order = order
        }

        func wait() async {
            await loop.withContinuation { (continuation: CheckedContinuation<Void, Never>) in
                loop.execute { [self] in
                    continuation.resume()
                    yield("later turns", afterTurns: 3)
                }
            }
            order.yield("resumed")
        }

        private nonisolated func yield(_ event: String, afterTurns turns: Int) {
            guard turns > 0 else {
                _ = order.yield(event)
                return
            }
            loop.execute { self.yield(event, afterTurns: turns - 1) }
        }
    }

    @Test func `an actor of the loop resumes on its thread, without a way through the pool`()
        async throws
    {
        let (order, sink) = AsyncStream.makeStream(of: String.self)
        let resident = Resident(loop: try EventLoop(name: "test"), order: sink)
        var events = order.makeAsyncIterator()
        for _ in 0..<100 {
            await resident.wait()
            #expect(await events.next() == "resumed")
            #expect(await events.next() == "later turns")
        }
    }
}
