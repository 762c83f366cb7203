import AMQPClient
import TestSupport
import Testing

@Suite struct TopologyTests {
    @Test func `a queue with other arguments is named with the argument, and the others go on`()
        async throws
    {
        try await withVirtualHost { host in
            try await host.declareQueue("first")
            let harness = try AMQPHarness(url: host.url)
            let consumer = harness.consumer(["first", "second"])
            try await running(consumer) {
                try await consumer.waitUntilSetUp(within: .seconds(60))
                let problems = await consumer.status.problems
                #expect(problems.map(\.subject) == [.queue("first")])
                #expect(problems.first?.argument == "x-queue-type")
                #expect(problems.first?.error.code == .preconditionFailed)
                #expect(problems.first?.description.contains("queue 'first'") == true)
                #expect(await !consumer.status.isReady)
                try await host.publish("2", to: "jobs", routingKey: "second")
                let taken = try await consumer.take(1)
                #expect(taken.map(\.text) == ["2"])
                // It is still the queue that was there, untouched and not consumed from.
                #expect(
                    try await host.depth(of: "first")
                        == QueueDepth(ready: 0, unacknowledged: 0, consumers: 0)
                )
            }
        }
    }

    @Test func `a queue that is missing is reported, and used once it is there`() async throws {
        try await withVirtualHost { host in
            let harness = try AMQPHarness(url: host.url)
            let consumer = harness.consumer(["late"], topology: AMQPTopology())
            try await running(consumer) {
                try await consumer.waitUntilSetUp(within: .seconds(60))
                let problems = await consumer.status.problems
                #expect(problems.map(\.subject) == [.consumer(queue: "late")])
                #expect(problems.first?.error.code == .notFound)
                try await host.declareQueue("late")
                _ = try await harness.events.first("nothing is missing") {
                    $0 == .setUp(problems: []) ? true : nil
                }
                try await host.publish("1", to: "", routingKey: "late")
                #expect(try await consumer.take(1).map(\.text) == ["1"])
                #expect(await consumer.status.isReady)
                #expect(await consumer.status.connectionCount == 1)
            }
        }
    }

    @Test func `a queue that is deleted under its consumer is told, declared and used again`()
        async throws
    {
        try await withVirtualHost { host in
            let harness = try AMQPHarness(url: host.url)
            let consumer = harness.consumer(["first", "second"])
            try await running(consumer) {
                try await consumer.waitUntilSetUp(within: .seconds(60))
                let before = harness.events.events.count
                _ = try await host.server.evaluate(
                    """
                    {ok, Q} = rabbit_amqqueue:lookup(
                        rabbit_misc:r(<<"\(host.name)">>, queue, <<"first">>)),
                    rabbit_amqqueue:delete(Q, false, false, <<"test">>)
                    """
                )
                let queue = try await harness.events.first("the loss is told") { event in
                    if case .consumerLost(let queue, _) = event { queue } else { nil }
                }
                #expect(queue == "first")
                _ = try await harness.events.first("it is set up again", after: before) {
                    $0 == .setUp(problems: []) ? true : nil
                }
                try await host.publish("1", to: "jobs", routingKey: "first")
                #expect(try await consumer.take(1).map(\.text) == ["1"])
                #expect(await consumer.status.connectionCount == 1)
            }
        }
    }

    @Test func `exchanges bound to exchanges, and every kind of them, are declared`() async throws {
        try await withVirtualHost { host in
            let topology = AMQPTopology(
                exchanges: [
                    AMQPExchange("in", .fanout), AMQPExchange("direct", .direct),
                    AMQPExchange("by-header", .headers, isDurable: false),
                ],
                queues: [AMQPQueue("q", isDurable: false, isAutoDeleted: true)],
                bindings: [
                    AMQPBinding(of: .exchange("by-header"), to: "in"),
                    AMQPBinding(
                        of: .queue("q"),
                        to: "by-header",
                        arguments: ["x-match": "all", "kind": "good"]
                    ),
                ]
            )
            let harness = try AMQPHarness(url: host.url)
            let publisher = harness.publisher(topology: topology)
            try await running(publisher) {
                var message = messages(0..<1, to: "", exchange: "in")[0]
                message.properties.headers = ["kind": "good"]
                try await publisher.publish(message)
                message.properties.headers = ["kind": "bad"]
                let error = await #expect(throws: AMQPError.self) {
                    try await publisher.publish(message)
                }
                #expect(error?.code == .unroutable)
            }
        }
    }
}
