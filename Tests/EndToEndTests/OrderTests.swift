import Glibc
import TestSupport
import Testing

extension EndToEnd {
    /// The newer event of a key wins, whatever happens to workers and servers meanwhile.
    @Suite("The order of a key")
    struct OrderTests {
        /// Many small batches, and retries that come soon.
        private static let settings = [
            "BATCH_SIZE": "8", "JOB_RETRY_BASE": "200ms", "JOB_RETRY_CAP": "1s",
            "JOB_MAX_ATTEMPTS": "100",
        ]

        /// Adds events to their streams also when the server is full; ids rise from one event to
        /// the next across streams, a millisecond each, as a slow producer's would.
        private static let adding = """
            redis.call('PERSIST', KEYS[1])
            local time = redis.call('TIME')
            local last = tonumber(redis.call('GET', KEYS[1]) or '0')
            last = math.max(last, time[1] * 1000 + math.floor(time[2] / 1000)) + 1
            for i = 1, #ARGV, 2 do
              local id = string.format('%.0f-0', last + i)
              redis.call('XADD', '{cw}:jobs:' .. ARGV[i], id, 'event', ARGV[i + 1])
            end
            redis.call('SET', KEYS[1], string.format('%.0f', last + #ARGV))
            """

        private func add(_ events: [KeyHistory.Event], _ probe: RedisProbe) throws {
            let arguments = events.flatMap { [$0.kind, $0.json()] }
            try probe.command(["EVAL", Self.adding, "1", "test:last"] + arguments)
        }

        private func fill(_ probe: RedisProbe, _ isFull: Bool) throws {
            try probe.command("CONFIG", "SET", "maxmemory", isFull ? "1" : "0")
        }

        private func superseded(_ workers: [WorkerProcess]) -> Int {
            workers.flatMap { $0.lines("jobs settled") }
                .reduce(0) { $0 + (Int($1.fields["superseded"] ?? "") ?? 0) }
        }

        private func expect(_ history: KeyHistory, _ probe: RedisProbe, seed: UInt64) throws {
            for key in KeyHistory.keys {
                let found = try probe.command("GET", key).text
                #expect(found == history.expected[key], "\(key), seed \(seed)")
            }
        }

        private func isSettled(_ probe: RedisProbe) throws -> Bool {
            let kinds = ["invalidate", "warm"].map { ["XLEN", "{cw}:jobs:\($0)"] }
            let replies = try probe.pipeline(
                [["MULTI"]] + kinds + [["ZCARD", "{cw}:jobs:delayed"], ["EXEC"]]
            )
            return replies.last?.elements.allSatisfy { $0.integer == 0 } ?? false
        }

        @Test("holds for a warm that a full Redis has kept waiting: the key stays gone")
        func lateWarm() async throws {
            try await withDeployment { deployment in
                let probe = deployment.probe
                let worker = try await deployment.startWorker(Self.settings)
                var history = KeyHistory(seed: 1)
                try add([history.writeFirst()], probe)
                try await eventually("the key is there") {
                    try deployment.exists(KeyHistory.keys[0])
                }
                try fill(probe, true)
                try add([history.writeFirst()], probe)
                try await eventually("the warm waits") {
                    try probe.command("ZCARD", "{cw}:jobs:delayed").integer == 1
                }
                try add([history.removeFirst()], probe)
                try await deployment.gone(KeyHistory.keys[0])
                try fill(probe, false)
                try await eventually("the warm is superseded") { superseded([worker]) == 1 }
                #expect(try !deployment.exists(KeyHistory.keys[0]))
                try await eventually("nobody needs the fences any more") {
                    try isSettled(probe) && probe.command("KEYS", "{cw}:fence*").texts.isEmpty
                }
                try add([history.writeFirst()], probe)
                try await eventually("a later warm is done") {
                    try probe.command("GET", KeyHistory.keys[0]).text
                        == history.expected[KeyHistory.keys[0]]
                }
            }
        }

        @Test("holds on streams, while workers are killed and stand still and Redis is full")
        func streams() async throws {
            let seed = UInt64.random(in: 0..<1_000_000)
            try await withDeployment { deployment in
                let probe = deployment.probe
                var history = KeyHistory(seed: seed)
                var workers: [WorkerProcess] = []
                for number in 0..<3 {
                    workers.append(try await start(number, deployment))
                }
                for round in 0..<40 {
                    switch round {
                    case 8, 24: await workers[history.draw(below: workers.count)].process.kill()
                    case 10, 26: workers.append(try await start(round, deployment))
                    case 15:
                        try add(history.next(atMost: 40), probe)
                        workers.last?.process.signal(SIGSTOP)
                        try await eventually("it counts as dead") {
                            try probe.command("EXISTS", "{cw}:alive:w10").integer == 0
                        }
                    case 18: workers.last?.process.signal(SIGCONT)
                    case 5, 20, 32:
                        try fill(probe, true)
                        try add([history.writeFirst()], probe)
                        try await eventually("a warm waits") {
                            try probe.command("ZCARD", "{cw}:jobs:delayed").integer != 0
                        }
                        try add([history.removeFirst()], probe)
                    case 7, 22, 34: try fill(probe, false)
                    default: break
                    }
                    for _ in 0..<4 { try add(history.next(atMost: 12), probe) }
                }
                try await eventually("all is settled") { try isSettled(probe) }
                try expect(history, probe, seed: seed)
                #expect(try JobStream.deadLetters(probe).isEmpty)
                try await eventually("something was superseded") { superseded(workers) > 0 }
            }
        }

        private func start(_ number: Int, _ deployment: Deployment) async throws -> WorkerProcess {
            try await deployment.startWorker(
                Self.settings.merging(["NODE_ID": "w\(number)"]) { $1 }
            )
        }

        @Test("holds on RabbitMQ by the producer's time, while workers are killed")
        func broker() async throws {
            let seed = UInt64.random(in: 0..<1_000_000)
            try await withBrokerDeployment { deployment in
                let probe = deployment.probe
                let host = try #require(deployment.host)
                var history = KeyHistory(seed: seed)
                var workers: [WorkerProcess] = []
                for number in 0..<3 {
                    workers.append(try await start(number, deployment))
                }
                for round in 0..<12 {
                    var events = history.next(atMost: 60)
                    switch round {
                    case 3: try fill(probe, true)
                    case 4:
                        events.append(history.removeFirst())
                        try fill(probe, false)
                    case 6: await workers[history.draw(below: 3)].process.kill()
                    case 7: workers.append(try await self.start(9, deployment))
                    default: break
                    }
                    let lines = events.map { event in
                        event.json(#""source":"/test","time":"\#(Self.time(event.number))","#)
                            + "\n"
                    }
                    let published = try await deployment.run(
                        "publish",
                        "--file",
                        "-",
                        "--to",
                        "amqp",
                        input: lines.joined()
                    )
                    #expect(published.exit == .status(0), "\(published.errors)")
                }
                for queue in ["cache.retry.1s", "cache.invalidate", "cache.warm"] {
                    try await eventually("\(queue) is settled") {
                        let depth = try await host.depth(of: queue)
                        return depth.map { $0.ready + $0.unacknowledged == 0 } ?? false
                    }
                }
                try expect(history, probe, seed: seed)
                #expect(try await host.depth(of: "cache.dead")?.ready == 0)
            }
        }

        /// A moment of some second that is over, so many microseconds after it began.
        private static func time(_ microseconds: Int) -> String {
            let digits = "\(microseconds)"
            let zeros = String(repeating: "0", count: 6 - digits.count)
            return "2026-01-01T00:00:00.\(zeros)\(digits)Z"
        }
    }
}
