import AMQPClient
import Backends
import EventLoop
import Jobs
import TestSupport
import Testing

@Suite struct AMQPDeadLetterStoreTests {
    private static let queue = JobTopology().deadLetters

    private func withParts(
        _ body: @escaping @Sendable (AMQPParts) async throws -> Void
    ) async throws {
        try await withVirtualHost { host in
            let parts = try AMQPParts(host, try EventLoop(name: "amqp"))
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await parts.publisher.run() }
                defer { group.cancelAll() }
                try await parts.publisher.waitUntilSetUp(within: .seconds(60))
                try await body(parts)
            }
        }
    }

    /// Puts letters into the queue as they are, and waits for them.
    private func store(
        _ bodies: [String],
        headers: AMQPTable = [:],
        by parts: AMQPParts
    ) async throws {
        let messages = bodies.map {
            AMQPMessage(
                to: Self.queue,
                routingKey: "warm.x",
                body: Array($0.utf8)[...],
                properties: AMQPProperties(headers: headers)
            )
        }
        try await parts.publisher.publish(messages)
        try await waitForLetters(bodies.count, parts)
    }

    private func waitForLetters(_ count: Int, _ parts: AMQPParts) async throws {
        try await eventually("there are \(count) letters") {
            try await parts.publisher.messageCount(of: Self.queue) == count
        }
    }

    private func firstPage(_ parts: AMQPParts) async throws -> [DeadLetter] {
        try await parts.deadLetters()
            .read(DeadLetterRange(.all)) {
                session throws(DeadLetterError) in try await session.nextPage()
            }
    }

    @Test func `a letter that the broker wrote tells reason, queue and moment`() async throws {
        try await withParts { parts in
            let death: AMQPTable = [
                "reason": "delivery_limit", "queue": "cache.warm", "count": 1,
                "time": .timestamp(1_700_000_000),
            ]
            try await store(["{}"], headers: ["x-death": .array([.table(death)])], by: parts)
            let letter = try #require(try await firstPage(parts).first)
            #expect(letter.failure.reason == "delivery_limit" && letter.kind == .warm)
            #expect(letter.failure.error.contains("cache.warm"))
            #expect(letter.failure.failedAt?.milliseconds == 1_700_000_000_000)
            #expect(letter.failure.brokerRecord?.contains("\"count\":1") == true)
            #expect(letter.failure.attempts == nil)
        }
    }

    @Test func `a letter stays when the broker does not take its job`() async throws {
        try await withParts { parts in
            try await store(["{}"], by: parts)
            let letters = parts.deadLetters(JobTopology(exchange: "no.such.exchange"))
            await #expect(throws: DeadLetterError.self) {
                try await letters.read(DeadLetterRange(.all)) { session throws(DeadLetterError) in
                    let page = try await session.nextPage()
                    _ = try await session.requeue(page.map { DeadLetterRequeue($0, as: .warm) })
                }
            }
            try await waitForLetters(1, parts)
        }
    }

    @Test func `what is held fills the window, what is settled leaves it`() async throws {
        try await withParts { parts in
            let bodies = (0..<20).map { "{\"n\":\($0)}" }
            try await store(bodies, by: parts)
            func walk(removing: Bool) async throws -> (seen: Int, isComplete: Bool) {
                try await parts.deadLetters()
                    .read(DeadLetterRange(.all, pageSize: 2, window: 6)) {
                        session throws(DeadLetterError) in
                        var seen = 0
                        while true {
                            let page = try await session.nextPage()
                            if page.isEmpty { return (seen, session.isComplete) }
                            seen += page.count
                            if removing { _ = try await session.remove(page) }
                        }
                    }
            }
            let held = try await walk(removing: false)
            #expect(held == (6, false))
            try await waitForLetters(20, parts)
            let first = try await firstPage(parts).first?.delivery.body
            #expect(first.map(Array.init) == Array("{\"n\":0}".utf8))
            try await waitForLetters(20, parts)
            let removed = try await walk(removing: true)
            #expect(removed == (20, true))
            try await waitForLetters(0, parts)
        }
    }

    @Test func `where no worker has been there are no letters, and none are made`() async throws {
        try await withVirtualHost { host in
            let letters = AMQPDeadLetters(
                try AMQPConfiguration(url: host.url),
                topology: JobTopology(),
                dependencies: AMQPDependencies(loop: try EventLoop(name: "amqp"))
            )
            let page = try await letters.read(DeadLetterRange(.all)) {
                session throws(DeadLetterError) in try await session.nextPage()
            }
            #expect(page.isEmpty)
            #expect(try await host.depth(of: "cache.dead") == nil)
        }
    }
}
