import Backends
import Foundation
import Glibc
import Jobs
import TestSupport
import Testing

extension EndToEnd {
    /// Sixty entries of each second, and five processes that fire them.
    ///
    /// Nobody takes the events, so the stream tells in the end what was enqueued. `BEAT_SECONDS`
    /// makes it longer, `BEAT_SEED` another life.
    @Suite("Five beats", .timeLimit(.minutes(10)))
    struct FiringTests {
        private static let entryCount = 60
        private static let podCount = 5
        /// What the schedule has to get through at least.
        private static let seconds = number("BEAT_SECONDS") ?? 10
        private static let seed = number("BEAT_SEED").map { UInt64($0) } ?? 19

        private static func number(_ variable: String) -> Int? {
            ProcessInfo.processInfo.environment[variable].flatMap { Int($0) }
        }

        /// The log is written at once: what Redis has confirmed it has after a crash.
        private static let durable = RedisServer.Options(configuration: [
            "appendonly yes", "appendfsync always",
        ])

        @Test("that are killed, stopped and woken while Redis restarts fire each instant once")
        func killed() async throws {
            try await withDeployment(Self.durable) { deployment in
                let beginnings = try await begin(on: deployment.redis)
                var pods = try Pods(deployment, Self.podCount, seed: Self.seed)
                var isRestarted = false
                try await fire(until: Self.seconds, on: { deployment.redis }) { second in
                    try await pods.harm()
                    guard second >= Self.seconds / 2, !isRestarted else { return }
                    isRestarted = true
                    try await deployment.redis.restart()
                }
                pods.wakeAll()
                try await expectWhole(beginnings, on: deployment.redis)
                #expect(isRestarted && pods.harmed > 2)
            }
        }

        @Test("fire each instant once on the server that takes over, too")
        func failover() async throws {
            try await withDeployment(Self.durable) { deployment in
                let replica = ["replicaof 127.0.0.1 \(deployment.redis.port)"]
                try await withRedis(RedisServer.Options(configuration: replica)) { successor in
                    let probe = try successor.probe()
                    let beginnings = try await begin(on: deployment.redis)
                    try await eventually("the replica has it all") {
                        try probe.command("ZCARD", "{cw}:schedule:names").integer
                            == Self.entryCount
                    }
                    let proxy = try TCPProxy(to: deployment.redis.port)
                    defer { proxy.close() }
                    let url = deployment.redis.url(through: proxy)
                    _ = try Pods(deployment, Self.podCount, ["REDIS_URL": url], seed: Self.seed)
                    try await fire(until: 3, on: { deployment.redis }) { _ in }
                    // What the last moments did may be lost: it is fired again, on the successor.
                    await deployment.redis.kill()
                    try probe.command("REPLICAOF", "NO", "ONE")
                    proxy.redirect(to: successor.port)
                    try await fire(until: 6, on: { successor }) { _ in }
                    try await expectWhole(beginnings, on: successor)
                }
            }
        }

        /// Makes the entries.
        /// - Returns: for each the moment behind which it fires.
        private func begin(on redis: RedisServer) async throws -> [String: WallTime] {
            let desk = try ScheduleDesk(redis)
            var beginnings: [String: WallTime] = [:]
            for number in 0..<Self.entryCount {
                let name = "entry-\(number)"
                try await desk.fireEachSecond(name) {
                    $0.catchUp = .all(window: .seconds(86_400), cap: 1_000)
                }
                beginnings[name] = try await desk.store.record(named: name).place
            }
            return beginnings
        }

        /// Lets the entries fire for so many seconds of theirs; `harm` is called several times in
        /// each of them, and hears how many have passed.
        private func fire(
            until seconds: Int,
            on redis: () -> RedisServer,
            _ harm: (Int) async throws -> Void
        ) async throws {
            let goal = seconds * Self.entryCount
            var count = 0
            while count < goal {
                let next = count + Self.entryCount / 2
                count = try await eventualValue("more than \(next) events were enqueued") {
                    // Between two lives of the server there is nobody to ask.
                    guard let probe = try? redis().probe(),
                        let length = try? JobStream("warm", probe).length
                    else { return nil }
                    return length >= next ? length : nil
                }
                try await harm(count / Self.entryCount)
            }
        }

        /// Waits until all instants up to now were seen to, and expects each to be there once.
        private func expectWhole(
            _ beginnings: [String: WallTime],
            on redis: RedisServer
        ) async throws {
            let desk = try ScheduleDesk(redis)
            let end = try await desk.store.look(Glance(node: "test", limit: 0)).now
            try await eventually("all entries are past \(end.text)") {
                try await desk.store.records(after: nil, limit: 100)
                    .allSatisfy { $0.place.milliseconds + 1_000 > end.milliseconds }
            }
            let ledger = FiringLedger(try enqueuedIDs(redis), beginnings: beginnings, end: end)
            #expect(ledger.isWhole, "\(ledger)")
            #expect(ledger.count >= Self.entryCount * 5, "\(ledger)")
            for record in try await desk.store.records(after: nil, limit: 100) {
                #expect(record.counts.missed == 0, "\(record.entry.name)")
            }
        }

        private func enqueuedIDs(_ redis: RedisServer) throws -> [String] {
            var decoder = EventDecoder()
            let entries = try redis.probe().command("XRANGE", "{cw}:jobs:warm", "-", "+").elements
            return try entries.map { entry in
                let text = entry.elements.last?.elements.last?.text ?? ""
                return try decoder.decode(Array(text.utf8)[...]).id ?? ""
            }
        }
    }
}

/// Processes that do nothing but fire, and what happens to them.
private struct Pods {
    private let deployment: Deployment
    private let settings: [String: String]
    private var pods: [WorkerProcess] = []
    private var asleep: WorkerProcess?
    private var generator: SeededGenerator
    private(set) var harmed = 0

    init(
        _ deployment: Deployment,
        _ count: Int,
        _ changes: [String: String] = [:],
        seed: UInt64
    ) throws {
        self.deployment = deployment
        settings = changes.merging(["ROLES": "beat"]) { $1 }
        generator = SeededGenerator(seed: seed)
        for _ in 0..<count { pods.append(try deployment.launchWorker(settings)) }
    }

    /// Kills one, which comes back under another name; or stops one, and wakes the last one.
    mutating func harm() async throws {
        harmed += 1
        let index = Int.random(in: pods.indices, using: &generator)
        if generator.oneIn(2) {
            await pods[index].process.kill()
            pods[index] = try deployment.launchWorker(settings)
        } else {
            wakeAll()
            pods[index].process.signal(SIGSTOP)
            asleep = pods[index]
        }
    }

    mutating func wakeAll() {
        asleep?.process.signal(SIGCONT)
        asleep = nil
    }
}
