import AMQPClient
import EventLoop
import TestSupport
import Testing

extension Faults {
    /// A broker that is killed, and one that stands still.
    @Suite("A broker")
    struct BrokerDeathTests {
        /// Connections beside those of the worker.
        static let strangerCount = 200
        static let queue = "strangers"

        @Test("that is killed under load and stays away loses no job, and Redis goes on")
        func killed() async throws {
            let broker = try await Faults.broker.server()
            try await withBrokerDeployment(on: broker) { deployment in
                let host = try #require(deployment.host)
                // Somebody else's queue of this name, which no restart survives.
                try await host.declareTransientQueue("cache.cleanup")
                let port = try FreePort.next()
                let worker = try deployment.launchWorker(["HTTP_LISTEN": "127.0.0.1:\(port)"])
                try await worker.logged("RabbitMQ's topology is not as configured") {
                    $0.fields["problem"]?.contains("cache.cleanup") == true
                }
                let ledger = EventLedger(deployment)
                try await ledger.publish(100)
                try await ledger.expectWhole()
                try await withStrangers(host) { strangers in
                    // Some seconds after they were declared, queues are on disk by themselves; a
                    // kill before loses what they hold.
                    _ = try await broker.evaluate(
                        "mnesia:dump_log(), [dets:sync(T) || T <- dets:all()]"
                    )
                    // Some of it is held by the worker and not settled when the broker dies.
                    try await ledger.publishWhilePaused(200, worker) {
                        deployment.redis.pause()
                    }
                    await broker.kill()
                    deployment.redis.resume()
                    try await readiness(503, port, says: "amqp consumer")
                    #expect(try HTTPProbe.get("/livez", port: port).status == 200)
                    let streamed = EventLedger(deployment)
                    try await streamed.publish(100, over: .stream)
                    try await streamed.untilEffects()
                    try await broker.restart()
                    let verdict = try await ledger.verdict()
                    let settled = worker.lines("jobs settled").suffix(12).map(\.text)
                    #expect(verdict.isWhole, "\(verdict)\n\(settled.joined(separator: "\n"))")
                    try await eventually("everybody is back") {
                        for stranger in strangers
                        where await stranger.status.connectionCount < 2 { return false }
                        return true
                    }
                }
                try await eventually("the lost queue is declared and used") {
                    try await host.depth(of: "cache.cleanup")?.consumers == 1
                }
                try await readiness(200, port, says: "")
                #expect(worker.lines("no connection to RabbitMQ").count <= 20)
            }
        }

        @Test("that stands still while large letters go to it gets each of them in the end")
        func stopped() async throws {
            let broker = try await Faults.broker.server()
            try await withBrokerDeployment(on: broker) { deployment in
                let host = try #require(deployment.host)
                let worker = try await deployment.startWorker([
                    "AMQP_URL": host.url + "?heartbeat=2"
                ])
                let count = 20
                let bytes = String(repeating: "x", count: 1 << 20)
                for _ in 0..<count {
                    try await host.publish(bytes, to: "cache.jobs", routingKey: "invalidate")
                }
                try await eventually("some letters are written") {
                    worker.lines("job is dead").count > 0
                }
                broker.pause()
                defer { broker.resume() }
                try await worker.logged("no connection to RabbitMQ")
                broker.resume()
                try await host.emptied("cache.invalidate")
                // Written, perhaps, and not confirmed: written again.
                let letters = try await host.depth(of: "cache.dead")?.ready ?? 0
                #expect(letters >= count)
            }
        }

        private func readiness(_ status: Int, _ port: UInt16, says words: String) async throws {
            try await eventually("/readyz says \(status) \(words)") {
                guard let answer = try? HTTPProbe.get("/readyz", port: port) else { return false }
                return answer.status == status && answer.body.contains(words)
            }
        }

        /// Runs a body beside many consumers of the same broker.
        private func withStrangers(
            _ host: VirtualHost,
            _ body: ([AMQPConsumer]) async throws -> Void
        ) async throws {
            let loop = try EventLoop(name: "strangers")
            let configuration = try AMQPConfiguration(url: host.url)
            let topology = AMQPTopology(queues: [AMQPQueue(Self.queue)])
            let strangers = (0..<Self.strangerCount)
                .map { _ in
                    AMQPConsumer(
                        configuration,
                        topology: topology,
                        subscriptions: [AMQPSubscription(to: Self.queue, prefetch: 1)],
                        dependencies: AMQPDependencies(loop: loop)
                    )
                }
            try await withThrowingTaskGroup { group in
                for stranger in strangers { group.addTask { await stranger.run() } }
                for stranger in strangers {
                    try await stranger.waitUntilSetUp(within: .seconds(60))
                }
                let result: Result<Void, any Error>
                do {
                    result = .success(try await body(strangers))
                } catch {
                    result = .failure(error)
                }
                for stranger in strangers { await stranger.close() }
                try await group.waitForAll()
                try result.get()
            }
        }
    }
}
