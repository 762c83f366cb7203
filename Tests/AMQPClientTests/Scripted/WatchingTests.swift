import EventLoop
import TestSupport
import Testing

@testable import AMQPClient

@Suite struct WatchingTests {
    private func configuration() -> AMQPConfiguration {
        AMQPConfiguration(endpoint: .tcp(host: "scripted", port: 1))
    }

    private func dependencies(_ broker: ScriptedBroker) throws -> AMQPDependencies {
        AMQPDependencies(
            loop: try EventLoop(name: "scripted"),
            connector: broker,
            backoff: ReconnectBackoff(
                base: .milliseconds(1),
                cap: .milliseconds(5),
                hopelessCap: .milliseconds(5)
            )
        )
    }

    private func consumer(
        _ broker: ScriptedBroker,
        prefetch: UInt16 = 2,
        configure: (inout AMQPConfiguration) -> Void = { _ in }
    ) throws -> AMQPConsumer {
        var configuration = configuration()
        configure(&configuration)
        return AMQPConsumer(
            configuration,
            subscriptions: ["a", "b"].map { AMQPSubscription(to: $0, prefetch: prefetch) },
            dependencies: try dependencies(broker)
        )
    }

    /// The channels on which consumers were started so far, in order.
    private func channels(_ broker: ScriptedBroker, _ count: Int) async throws -> [UInt16] {
        try await eventualValue("\(count) consumers") {
            let starts = broker.calls.filter { $0.isMethod(60, 20) }
            return starts.count >= count ? starts.map(\.channel) : nil
        }
    }

    @Test func `a flow tells what has come, what is unsettled, and whether there is room`()
        async throws
    {
        let broker = ScriptedBroker()
        let consumer = try consumer(broker)
        #expect(await consumer.flows.isEmpty)
        try await running(consumer) {
            let channel = try await channels(broker, 2)[0]
            broker.send((1...2).flatMap { WireBuilder.delivery($0, [1], on: channel) })
            let taken = try await consumer.take(2)
            let full = await consumer.flows
            #expect(full.map(\.queue) == ["a", "b"])
            #expect(full.map(\.deliveredCount) == [2, 0])
            #expect(full.map(\.unsettledCount) == [2, 0])
            #expect(full.map(\.hasCredit) == [false, true])
            await consumer.acknowledge([taken[1].id])
            let freed = await consumer.flows[0]
            #expect(freed.unsettledCount == 1 && freed.hasCredit && freed.deliveredCount == 2)
            await consumer.stop()
            #expect(await consumer.flows.isEmpty)
        }
    }

    @Test func `a consumer that reads no more has no room`() async throws {
        let broker = ScriptedBroker(sliceBytes: 1_000)
        let consumer = try consumer(broker, prefetch: 100) { $0.maxBufferedBytes = 10_000 }
        try await running(consumer) {
            let channel = try await channels(broker, 2)[0]
            let body = Array(repeating: UInt8(7), count: 1_000)
            broker.send((1...50).flatMap { WireBuilder.delivery($0, body, on: channel) })
            try await eventually("the reading stops") { broker.pauseCount > 0 }
            #expect(await consumer.flows.map(\.hasCredit) == [false, false])
        }
    }

    @Test func `a consumer that is restarted has a new channel, and the others keep theirs`()
        async throws
    {
        let broker = ScriptedBroker()
        let consumer = try consumer(broker)
        try await running(consumer) {
            let first = try await channels(broker, 2)
            broker.send(WireBuilder.delivery(1, Array("a".utf8), on: first[0]))
            broker.send(WireBuilder.delivery(1, Array("b".utf8), on: first[1]))
            let taken = try await consumer.take(2)
            await consumer.restart(queue: "a")
            await consumer.restart(queue: "none")
            let all = try await channels(broker, 3)
            #expect(try await broker.call(20, 40).channel == first[0])
            broker.send(WireBuilder.delivery(1, Array("again".utf8), on: all[2]))
            #expect(try await consumer.take(1).map(\.text) == ["again"])
            let settlement = await consumer.acknowledge(taken.map(\.id))
            #expect(settlement.sentCount == 1 && settlement.staleCount == 1)
            #expect(await consumer.flows.map(\.deliveredCount).sorted() == [1, 1])
            #expect(broker.connectionCount == 1 && all.count == 3)
        }
    }

    @Test func `a connection that is given up is made anew with all consumers`() async throws {
        let broker = ScriptedBroker()
        let consumer = try consumer(broker)
        try await running(consumer) {
            _ = try await channels(broker, 2)
            await consumer.reconnect()
            let channels = try await channels(broker, 4)
            broker.send(WireBuilder.delivery(1, Array("x".utf8), on: channels[2]))
            #expect(try await consumer.take(1).map(\.text) == ["x"])
            #expect(broker.connectionCount == 2)
        }
    }

    @Test func `an inspector counts, and goes on after a queue that is not there`() async throws {
        let missing = WireBuilder.bytes(UInt16(404)) + WireBuilder.short("none") + [0, 0, 0, 0]
        let count = WireBuilder.short("q") + WireBuilder.bytes(UInt32(7)) + [0, 0, 0, 0]
        let broker = ScriptedBroker { call in
            guard call.isMethod(50, 10) else { return nil }
            let isMissing = call.arguments.dropFirst(2).starts(with: WireBuilder.short("missing"))
            return [
                isMissing
                    ? WireBuilder.methodFrame(call.channel, 20, 40, missing)
                    : WireBuilder.methodFrame(call.channel, 50, 11, count)
            ]
        }
        let inspector = AMQPInspector(configuration(), dependencies: try dependencies(broker))
        #expect(await answer(of: "q", inspector) == .failure(.closedLocally))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await inspector.run() }
            try? await eventually("the inspector is there") { await inspector.status.isSetUp }
            #expect(await answer(of: "missing", inspector) == .failure(.notFound))
            #expect(await answer(of: "q", inspector) == .success(7))
            await inspector.close()
        }
        #expect(broker.connectionCount == 1)
    }

    @Test func `questions at the same time share one channel`() async throws {
        let broker = ScriptedBroker()
        let inspector = AMQPInspector(configuration(), dependencies: try dependencies(broker))
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await inspector.run() }
            try? await eventually("the inspector is there") { await inspector.status.isSetUp }
            await withTaskGroup(of: Void.self) { questions in
                for _ in 0..<8 {
                    questions.addTask { _ = await answer(of: "q", inspector) }
                }
            }
            #expect(await answer(of: "q", inspector) == .success(0))
            await inspector.close()
        }
        #expect(broker.calls.count { $0.isMethod(50, 10) } == 9)
        let opened = broker.calls.count { $0.isMethod(20, 10) }
        #expect(opened == broker.calls.count { $0.isMethod(20, 40) } + 1)
    }

    /// What the inspector answers, errors by their code.
    private func answer(
        of queue: String,
        _ inspector: AMQPInspector
    ) async -> Result<Int, FailureCode> {
        do throws(AMQPError) {
            return .success(try await inspector.messageCount(of: queue))
        } catch {
            return .failure(FailureCode(code: error.code))
        }
    }

    private struct FailureCode: Error, Equatable {
        let code: AMQPError.Code
        static let notFound = FailureCode(code: .notFound)
        static let closedLocally = FailureCode(code: .closedLocally)
    }
}
