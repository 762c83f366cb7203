import AMQPClient
import Backends
import Conformance
import EventLoop
import Jobs
import TestSupport
import Testing

@Suite struct AMQPConformanceTests {
    @Test(arguments: SourceConformance.checks)
    func `the queues of a broker keep the promises of every source`(
        check: Check<JobServer>
    ) async throws {
        try await withVirtualHost { host in
            let loop = try EventLoop(name: "amqp")
            let parts = try AMQPParts(host, loop)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await parts.publisher.run() }
                group.addTask { await parts.letters.run() }
                group.addTask { await parts.letters.collect() }
                try await parts.publisher.waitUntilSetUp(within: .seconds(60))
                try await check.run(on: queue(host, parts))
                group.cancelAll()
            }
        }
    }

    @Test(arguments: DeadLetterConformance.checks)
    func `the queue of dead letters keeps the promises of every such store`(
        check: Check<DeadLetterServer>
    ) async throws {
        try await withVirtualHost { host in
            let loop = try EventLoop(name: "amqp")
            let parts = try AMQPParts(host, loop)
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { await parts.publisher.run() }
                try await parts.publisher.waitUntilSetUp(within: .seconds(60))
                let letters = parts.deadLetters()
                try await check.run(
                    on: DeadLetterServer(queue: queue(host, parts), store: letters)
                )
                group.cancelAll()
            }
        }
    }

    private func queue(_ host: VirtualHost, _ parts: AMQPParts) -> JobServer {
        JobServer(
            publish: { body in
                try await parts.publish(
                    AMQPMessage(to: "cache.jobs", routingKey: "invalidate.test", body: body[...])
                )
            },
            source: { _, batchSize in parts.source(batchSize: batchSize) },
            deadLetters: {
                parts.letters.all.map { letter in
                    JobServer.DeadLetter(
                        event: letter.body,
                        cause: DeadLetterCause(
                            reason: letter.header("reason") ?? "",
                            error: letter.header("error") ?? ""
                        )
                    )
                }
            },
            unsettledCount: {
                guard let depth = try await host.depth(of: "cache.invalidate") else { return 0 }
                return depth.ready + depth.unacknowledged
            }
        )
    }
}
