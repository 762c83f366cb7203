import EventLoop
import Synchronization
import TestSupport
import Testing

@testable import AMQPClient

@Suite struct ScriptedPeerTests {
    /// A consumer of `queues` at a scripted broker.
    private func consumer(
        _ broker: ScriptedBroker,
        _ queues: [String] = ["q"],
        topology: AMQPTopology = AMQPTopology(),
        events: EventRecorder = EventRecorder(),
        configure: (inout AMQPConfiguration) -> Void = { _ in }
    ) throws -> AMQPConsumer {
        var configuration = AMQPConfiguration(endpoint: .tcp(host: "scripted", port: 1))
        configure(&configuration)
        return AMQPConsumer(
            configuration,
            topology: topology,
            subscriptions: queues.map { AMQPSubscription(to: $0, prefetch: 100) },
            dependencies: AMQPDependencies(
                loop: try EventLoop(name: "scripted"),
                connector: broker,
                backoff: ReconnectBackoff(
                    base: .milliseconds(1),
                    cap: .milliseconds(5),
                    hopelessCap: .milliseconds(5)
                )
            ) {
                events.record($0)
            }
        )
    }

    /// The channel of the consumer with number `index`.
    private func channel(_ broker: ScriptedBroker, _ index: Int = 0) async throws -> UInt16 {
        try await eventualValue("consumer \(index)") {
            let starts = broker.calls.filter { $0.isMethod(60, 20) }
            return starts.count > index ? starts[index].channel : nil
        }
    }

    @Test(arguments: [1, 3, 8, 1_000])
    func `bytes may come in pieces of any size`(size: Int) async throws {
        let broker = ScriptedBroker(sliceBytes: size)
        let consumer = try consumer(broker)
        try await running(consumer) {
            let channel = try await channel(broker)
            let bodies = ["one", "", "three"]
            for (index, body) in bodies.enumerated() {
                broker.send(
                    WireBuilder.delivery(UInt64(index + 1), Array(body.utf8), on: channel, part: 2)
                )
            }
            #expect(try await consumer.take(3).map(\.text) == bodies)
        }
    }

    @Test func `a connection cut at any byte of a delivery applies none of it`() async throws {
        let whole = WireBuilder.delivery(1, Array("body".utf8), on: 1).flatMap { $0 }
        let broker = ScriptedBroker()
        let events = EventRecorder()
        let consumer = try consumer(broker, events: events)
        try await running(consumer) {
            for count in 0..<whole.count {
                _ = try await events.first("connection \(count + 1) is set up") { event in
                    event == .connected(count: count + 1) ? true : nil
                }
                try await eventually("the consumer is started") {
                    broker.calls.count { $0.isMethod(60, 20) } == count + 1
                }
                broker.send([Array(whole.prefix(count))])
                broker.hangUp()
            }
            try await eventually("the last consumer is started") {
                broker.calls.count { $0.isMethod(60, 20) } == whole.count + 1
            }
            broker.send([whole])
            let batch = try #require(await consumer.nextBatch())
            #expect(batch.map(\.text) == ["body"])
            #expect(batch.first?.id.generation == UInt32(whole.count + 1))
        }
    }

    @Test func `messages on several channels may come interleaved`() async throws {
        let broker = ScriptedBroker()
        let consumer = try consumer(broker, ["a", "b"])
        try await running(consumer) {
            let first = try await channel(broker, 0)
            let second = try await channel(broker, 1)
            let long = WireBuilder.delivery(1, Array("abcdef".utf8), on: first, part: 2)
            let short = WireBuilder.delivery(1, Array("xy".utf8), on: second, part: 1)
            let empty = WireBuilder.delivery(2, [], on: second)
            broker.send([long[0], short[0], long[1], long[2], short[1], short[2], long[3]])
            broker.send([short[3], empty[0], long[4], empty[1]])
            let taken = try await consumer.take(3)
            #expect(taken.map(\.text) == ["xy", "abcdef", ""])
            #expect(taken.map(\.id.subscription) == [1, 0, 1])
        }
    }

    @Test func `prefetch is set on the channel of each consumer and never globally`() async throws {
        let broker = ScriptedBroker()
        let consumer = try consumer(broker, ["a", "b"])
        try await running(consumer) {
            _ = try await channel(broker, 1)
            let settings = broker.calls.filter { $0.isMethod(60, 10) }
            #expect(
                settings.map(\.arguments) == Array(repeating: [0, 0, 0, 0, 0, 100, 0], count: 2)
            )
            #expect(Set(settings.map(\.channel)).count == 2)
        }
    }

    @Test func `a declaration that is never answered holds nothing up`() async throws {
        let late = WireBuilder.short("hangs") + [0, 0, 0, 0, 0, 0, 0, 0]
        let broker = ScriptedBroker { call in
            if call.isMethod(50, 10), call.arguments.starts(with: [0, 0, 5] + "hangs".utf8) {
                return []
            }
            // The answer comes when nobody waits for it any more.
            if call.isMethod(20, 40) {
                return [
                    WireBuilder.methodFrame(call.channel, 50, 11, late),
                    WireBuilder.methodFrame(call.channel, 20, 41),
                ]
            }
            return nil
        }
        let topology = AMQPTopology(queues: [AMQPQueue("hangs"), AMQPQueue("works")])
        let events = EventRecorder()
        let consumer = try consumer(
            broker,
            ["hangs", "works"],
            topology: topology,
            events: events
        ) {
            $0.callTimeout = .milliseconds(30)
        }
        try await running(consumer) {
            let problems = try await events.first("it is set up") { event in
                if case .setUp(let problems) = event { problems } else { nil }
            }
            #expect(problems.map(\.subject) == [.queue("hangs")])
            #expect(problems.first?.error.code == .timedOut)
            let channel = try await channel(broker)
            broker.send(WireBuilder.delivery(1, Array("x".utf8), on: channel))
            #expect(try await consumer.take(1).map(\.text) == ["x"])
            // Tried again and again, and never at the cost of the connection.
            try await eventually("three attempts were made") {
                broker.calls.count { $0.isMethod(20, 40) } >= 3
            }
            #expect(broker.connectionCount == 1)
        }
    }

    @Test func `a broker that accepts and says nothing is given up in time`() async throws {
        let broker = ScriptedBroker { _ in [] }
        let events = EventRecorder()
        let consumer = try consumer(broker, events: events) {
            $0.handshakeTimeout = .milliseconds(20)
        }
        try await running(consumer) {
            let error = try await events.first("the attempt failed") { event in
                if case .disconnected(let error) = event { error } else { nil }
            }
            #expect(error.code == .timedOut)
            try await eventually("it is tried again") { broker.connectionCount > 1 }
        }
    }

    @Test func `closing while the broker says nothing ends at once`() async throws {
        let broker = ScriptedBroker { _ in [] }
        let consumer = try consumer(broker)
        try await running(consumer) {
            try await eventually("the handshake has begun") { broker.connectionCount == 1 }
        }
        #expect(broker.connectionCount == 1)
    }

    private static let outOfPlace: [[UInt8]] = [
        WireBuilder.frame(9, 1, [1]),
        WireBuilder.methodFrame(77, 60, 80, Array(repeating: 0, count: 9)),
        WireBuilder.frame(2, 0, Array(repeating: 0, count: 14)), WireBuilder.methodFrame(0, 10, 11),
        WireBuilder.methodFrame(1, 60, 11), WireBuilder.frame(3, 1, [1, 2, 3]),
        WireBuilder.delivery(7, [1], on: 1).flatMap { $0 },
        WireBuilder.methodFrame(1, 60, 80, WireBuilder.bytes(UInt64(9)) + [0]),
        Array(repeating: 0xFF, count: 100), Array("HTTP/1.1 400 Bad Request\r\n".utf8),
    ]

    @Test(arguments: Self.outOfPlace)
    func `bytes out of place end the connection, and the next one works`(
        bytes: [UInt8]
    ) async throws {
        let broker = ScriptedBroker()
        let events = EventRecorder()
        let consumer = try consumer(broker, events: events)
        try await running(consumer) {
            #expect(try await channel(broker) == 1)
            broker.send([bytes])
            let error = try await events.first("the violation is told") { event in
                if case .disconnected(let error) = event { error } else { nil }
            }
            #expect(error.code == .protocolViolation)
            let next = try await channel(broker, 1)
            broker.send(WireBuilder.delivery(1, Array("x".utf8), on: next))
            #expect(try await consumer.take(1).map(\.text) == ["x"])
        }
    }

    @Test func `a channel the broker closes stops one queue, and the other's acks still count`()
        async throws
    {
        let broker = ScriptedBroker()
        let events = EventRecorder()
        let consumer = try consumer(broker, ["a", "b"], events: events)
        try await running(consumer) {
            let first = try await channel(broker, 0)
            let second = try await channel(broker, 1)
            broker.send(WireBuilder.delivery(1, [1], on: first))
            broker.send(WireBuilder.delivery(1, [2], on: second))
            let taken = try await consumer.take(2)
            let reason =
                WireBuilder.bytes(UInt16(406)) + WireBuilder.short("timeout") + [0, 0, 0, 0]
            broker.send([WireBuilder.methodFrame(first, 20, 40, reason)])
            let lost = try await events.first("the loss is told") { event in
                if case .consumerLost(let queue, let error) = event {
                    (queue, error.code)
                } else {
                    nil
                }
            }
            #expect(lost == ("a", .preconditionFailed))
            _ = try await channel(broker, 2)
            let settlement = await consumer.acknowledge(taken.map(\.id))
            #expect(settlement.sentCount == 1)
            #expect(settlement.staleCount == 1)
            #expect(try await broker.call(60, 80).channel == second)
            #expect(broker.calls.count { $0.isMethod(60, 80) } == 1)
            #expect(broker.connectionCount == 1)
        }
    }

    @Test func `deliveries nobody takes stop the reading, and taking them resumes it`() async throws
    {
        let broker = ScriptedBroker(sliceBytes: 1_000)
        let consumer = try consumer(broker) {
            $0.maxBufferedBytes = 10_000
            $0.maxBatchCount = 5
        }
        try await running(consumer) {
            let channel = try await channel(broker)
            let body = Array(repeating: UInt8(7), count: 1_000)
            broker.send((1...100).flatMap { WireBuilder.delivery($0, body, on: channel) })
            try await eventually("the reading stops") { broker.pauseCount > 0 }
            let taken = try await consumer.take(100)
            #expect(taken.map { Array($0.body) } == Array(repeating: body, count: 100))
        }
    }

    @Test func `a silent broker is given up after two heartbeats`() async throws {
        let broker = ScriptedBroker(heartbeat: 1)
        let events = EventRecorder()
        let consumer = try consumer(broker, events: events)
        try await running(consumer) {
            let error = try await events.first("silence is noticed") { event in
                if case .disconnected(let error) = event { error } else { nil }
            }
            #expect(error.code == .heartbeatsMissed)
        }
    }

    @Test func `good-byes of a channel that cross leave the connection whole`() async throws {
        let reason = WireBuilder.bytes(UInt16(404)) + WireBuilder.short("gone") + [0, 0, 0, 0]
        let broker = ScriptedBroker { call in
            guard call.isMethod(20, 40) else { return nil }
            // The broker's own good-bye was on its way when the client's arrived.
            return [
                WireBuilder.methodFrame(call.channel, 20, 40, reason),
                WireBuilder.methodFrame(call.channel, 20, 41),
            ]
        }
        let consumer = try consumer(broker)
        try await running(consumer) {
            let first = try await channel(broker)
            broker.send([WireBuilder.methodFrame(first, 60, 30, WireBuilder.short("t") + [1])])
            let next = try await channel(broker, 1)
            broker.send(WireBuilder.delivery(1, Array("x".utf8), on: next))
            #expect(try await consumer.take(1).map(\.text) == ["x"])
            #expect(broker.calls.contains { $0.isMethod(20, 41) })
            #expect(broker.connectionCount == 1)
        }
    }
}
