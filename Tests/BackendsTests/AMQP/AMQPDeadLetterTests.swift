import AMQPClient
import Backends
import EventLoop
import Jobs
import TestSupport
import Testing

@Suite struct AMQPDeadLetterTests {
    @Test func `a dead letter keeps what travelled with the job, but for what would lose it`()
        async throws
    {
        try await withVirtualHost { host in
            let parts = try AMQPParts(host, try EventLoop(name: "amqp"))
            let source = parts.source(batchSize: 16)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await parts.publisher.run() }
                group.addTask { await parts.letters.run() }
                group.addTask { await parts.letters.collect() }
                group.addTask { await source.run() }
                var properties = AMQPProperties(
                    contentType: "application/json",
                    headers: ["ce-type": "task.resize"]
                )
                properties.expirationMilliseconds = "600000"
                properties.userID = "guest"
                try await parts.publish(
                    AMQPMessage(
                        to: "cache.jobs",
                        routingKey: "task.resize",
                        body: Array("{broken".utf8)[...],
                        properties: properties
                    )
                )
                guard let batch = try await source.nextBatch() else {
                    throw SourceError("the source has ended")
                }
                let cause = DeadLetterCause(reason: "not-json", error: "why")
                try await batch.settle([.deadLetter(cause)])
                try await eventually("the letter is there") { !parts.letters.all.isEmpty }
                await source.close()
                group.cancelAll()
            }
            let letter = try #require(parts.letters.all.first)
            #expect(letter.body == Array("{broken".utf8))
            #expect(letter.header("reason") == "not-json")
            #expect(letter.header("error") == "why")
            #expect(letter.header("origin") == "cache.jobs task.resize")
            #expect(letter.properties.headers["attempts"] == .integer(1))
            #expect(letter.header("ce-type") == "task.resize")
            #expect(letter.properties.contentType == "application/json")
            #expect(letter.properties.expirationMilliseconds == nil)
            #expect(letter.properties.userID == nil)
        }
    }
}
