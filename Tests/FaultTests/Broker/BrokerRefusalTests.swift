import Glibc
import TestSupport
import Testing

extension Faults {
    /// A broker that is there and does not do what it is asked.
    @Suite("A broker that refuses")
    struct BrokerRefusalTests {
        enum DeadLetters: CaseIterable {
            case withoutExchange
            case withoutQueue
            case full
        }

        @Test(
            "dead letters loses none of them, and no job around them",
            arguments: DeadLetters.allCases
        )
        func deadLetters(_ refusal: DeadLetters) async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                let worker = try await deployment.startWorker()
                switch refusal {
                case .withoutExchange: try await host.deleteExchange("cache.dead")
                case .withoutQueue: try await host.deleteQueue("cache.dead")
                case .full: try await host.limitLength(of: "cache.dead", to: 1)
                }
                let ledger = EventLedger(deployment)
                let count = 5
                for _ in 0..<count {
                    try await host.publish("no event", to: "cache.jobs", routingKey: "invalidate")
                    try await ledger.publish(6, over: .amqp)
                }
                switch refusal {
                // It is made again by the worker itself.
                case .withoutExchange: break
                case .withoutQueue:
                    try await ledger.untilEffects()
                    try await host.closeConnections()
                // There is room when letters are taken, which comes next; nobody waits for it.
                case .full: try await ledger.untilEffects()
                }
                var letters = 0
                try await eventually("every letter is there") {
                    while try await host.get("cache.dead") != nil { letters += 1 }
                    return letters >= count
                }
                try await ledger.expectWhole()
                #expect(worker.process.isRunning)
            }
        }

        enum Login: CaseIterable {
            case withoutRights
            case beyondTheLimit
        }

        @Test(
            "a connection is asked slowly, and used when it lets us in",
            arguments: Login.allCases
        )
        func login(_ refusal: Login) async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                let worker = try await deployment.startWorker()
                let ledger = EventLedger(deployment)
                try await ledger.publish(30, over: .amqp)
                try await ledger.expectWhole()
                switch refusal {
                case .withoutRights: try await host.permit(false)
                case .beyondTheLimit: try await host.limitConnections(0)
                }
                try await host.closeConnections()
                try await eventually("the refusal is told by its reason") {
                    worker.log.contains {
                        $0.text.contains("ACCESS_REFUSED") || $0.text.contains("NOT_ALLOWED")
                    }
                }
                #expect(
                    worker.log.count < 400,
                    "some lines for each connection, and pauses between them"
                )
                #expect(!worker.process.errors.contains("guest:guest"))
                try await host.permit(true)
                try await host.limitConnections(nil)
                try await ledger.publish(30, over: .amqp)
                try await ledger.expectWhole()
            }
        }

        @Test("a job that takes too long costs that channel, and no job")
        func consumerTimeout() async throws {
            let broker = try await Faults.broker.server()
            // Looked at when a channel is opened; the usual are 30 minutes and a minute.
            _ = try await broker.evaluate(
                "application:set_env(rabbit, consumer_timeout, 500),"
                    + "application:set_env(rabbit, channel_tick_interval, 200)"
            )
            try await withBrokerDeployment(on: broker) { deployment in
                let worker = try await deployment.startWorker()
                let ledger = EventLedger(deployment)
                try await ledger.publish(30)
                try await ledger.expectWhole()
                try await ledger.publishWhilePaused(60, worker) { deployment.redis.pause() }
                try await worker.logged("a consumer of RabbitMQ has ended")
                deployment.redis.resume()
                try await ledger.expectWhole()
            }
            _ = try await broker.evaluate(
                "application:set_env(rabbit, consumer_timeout, 1800000),"
                    + "application:set_env(rabbit, channel_tick_interval, 60000)"
            )
        }

        enum Alarm: String, CaseIterable {
            case memory
            case disk
        }

        @Test(
            "messages under an alarm still hands out jobs and hears of them",
            arguments: Alarm.allCases
        )
        func alarm(_ alarm: Alarm) async throws {
            let broker = try await Faults.broker.server()
            try await withBrokerDeployment(on: broker) { deployment in
                let host = try #require(deployment.host)
                let worker = try await deployment.startWorker()
                let ledger = EventLedger(deployment)
                try await ledger.publishWhilePaused(60, worker) {
                    try await host.publish("no event", to: "cache.jobs", routingKey: "invalidate")
                    try await broker.setAlarm(alarm.rawValue, true)
                }
                try await ledger.untilEffects()
                try await worker.logged("RabbitMQ takes no messages")
                try await eventually("what is done is acknowledged, what must move is kept") {
                    try await host.depth(of: "cache.invalidate")?.unacknowledged == 1
                }
                try await broker.setAlarm(alarm.rawValue, false)
                try await eventually("the letter is written") {
                    try await host.depth(of: "cache.dead")?.ready == 1
                }
                try await ledger.expectWhole()
            }
        }

        @Test("nothing while a job takes five heartbeats keeps its connections")
        func slowJob() async throws {
            try await withBrokerDeployment { deployment in
                let host = try #require(deployment.host)
                let worker = try await deployment.startWorker([
                    "AMQP_URL": host.url + "?heartbeat=1"
                ])
                let ledger = EventLedger(deployment)
                try await ledger.publishWhilePaused(30, worker) { deployment.redis.pause() }
                let end = ContinuousClock.now + .seconds(5)
                try await eventually("five heartbeats have passed") { .now > end }
                deployment.redis.resume()
                let verdict = try await ledger.expectWhole()
                #expect(verdict.duplicates.isEmpty)
                #expect(worker.lines("no connection to RabbitMQ").isEmpty)
            }
        }
    }
}

extension RabbitMQServer {
    /// Raises or clears an alarm: memory or disk.
    func setAlarm(_ resource: String, _ isRaised: Bool) async throws {
        let call = isRaised ? "set_alarm({Alarm, []})" : "clear_alarm(Alarm)"
        _ = try await evaluate(
            "Alarm = {resource_limit, \(resource), node()}, rabbit_alarm:\(call)"
        )
    }
}

extension EventLedger {
    /// Publishes events that a worker begins with only after something was done to its servers:
    /// it stands still meanwhile.
    func publishWhilePaused(
        _ count: Int,
        _ worker: WorkerProcess,
        _ change: () async throws -> Void
    ) async throws {
        worker.process.signal(SIGSTOP)
        defer { worker.process.signal(SIGCONT) }
        try await publish(count)
        try await change()
    }
}
