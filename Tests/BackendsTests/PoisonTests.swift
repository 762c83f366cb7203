import AMQPClient
import Backends
import EventLoop
import Glibc
import Jobs
import RedisClient
import Synchronization
import TestSupport
import Testing

/// Processes that die of a job over real servers, and are started again and again.
@Suite(.serialized, .timeLimit(.minutes(3))) struct PoisonTests {
    /// How a job ends the process that does it.
    enum Poison: String, CaseIterable {
        /// It calls abort().
        case crash
        /// It takes too long and does not hear that it was cancelled.
        case deaf
        /// It holds up the event loop, so that nothing else moves.
        case stall
        /// It takes all the memory that the process may have.
        case hog

        /// How such a process ends; nil for whatever signal the runtime has for it.
        var exit: ChildProcess.Exit? {
            switch self {
            case .crash: .signal(SIGABRT)
            case .deaf, .stall: .status(70)
            case .hog: nil
            }
        }
    }

    private static let neighbours = (0..<120).map { "key\($0)" }

    private func events(_ poison: Poison) -> [Event] {
        var keys = Self.neighbours
        keys.insert("\(poison.rawValue)1", at: 77)
        return keys.map { Event(job: .invalidate(Invalidation(keys: [$0]))) }
    }

    @Test(arguments: Poison.allCases)
    func `of a stream the guilty job alone is dead, and all others are done`(
        poison: Poison
    ) async throws {
        try await withRedis { server in
            let parts = try RedisParts(server)
            try await StreamPublisher(connection: parts.connection, keys: parts.keys)
                .publish(events(poison))
            let supervisor = Supervisor(["REDIS_URL": server.url])
            let probe = try server.probe()
            try await supervisor.run {
                try await JobStream("invalidate", probe).idle()
                try await requireInnocence(probe)
            }
            let letters = try JobStream.deadLetters(probe)
                .map { $0.mapValues { String(decoding: $0, as: UTF8.self) } }
            try requireGuilt(
                letters.map { ($0["event"] ?? "", $0["reason"] ?? "", $0["error"] ?? "") },
                poison,
                supervisor
            )
        }
    }

    @Test(arguments: [Poison.crash, .deaf])
    func `of a broker the guilty job alone is dead, and all others are done`(
        poison: Poison
    ) async throws {
        try await withRedis { server in
            try await withVirtualHost { host in
                let loop = try EventLoop(name: "amqp")
                let parts = try AMQPParts(host, loop)
                try await withThrowingTaskGroup(of: Void.self) { group in
                    group.addTask { await parts.publisher.run() }
                    group.addTask { await parts.letters.run() }
                    group.addTask { await parts.letters.collect() }
                    try await parts.publisher.waitUntilSetUp(within: .seconds(60))
                    try await AMQPJobPublisher(publisher: parts.publisher, topology: JobTopology())
                        .publish(events(poison))
                    let supervisor = Supervisor(["REDIS_URL": server.url, "AMQP_URL": host.url])
                    let probe = try server.probe()
                    try await supervisor.run {
                        try await eventually("the queue is settled") {
                            let depth = try await host.depth(of: "cache.invalidate")
                            return depth.map { $0.ready + $0.unacknowledged == 0 } == true
                        }
                        try await eventually("the letter is there") { !parts.letters.all.isEmpty }
                        try await requireInnocence(probe)
                    }
                    let letters = parts.letters.all.map { letter in
                        (
                            String(decoding: letter.body, as: UTF8.self),
                            letter.header("reason") ?? "", letter.header("error") ?? ""
                        )
                    }
                    try requireGuilt(letters, poison, supervisor)
                    group.cancelAll()
                }
            }
        }
    }

    /// Every neighbour's effect is there, and nobody has a charge.
    private func requireInnocence(_ probe: RedisProbe) async throws {
        let done = try probe.command("HKEYS", "effects").texts
        #expect(Set(done) == Set(Self.neighbours))
        try await eventually("all charges are taken back") {
            try probe.command("EXISTS", "{cw}:suspects").integer == 0
        }
    }

    private func requireGuilt(
        _ letters: [(event: String, reason: String, error: String)],
        _ poison: Poison,
        _ supervisor: Supervisor
    ) throws {
        #expect(letters.map(\.reason) == ["crash"])
        let letter = try #require(letters.first)
        #expect(letter.event.contains("\"\(poison.rawValue)1\""))
        #expect(
            letter.error == "the process ended 3 times while it did this job and no other"
        )
        // Once in company, three times alone.
        #expect(supervisor.exits.count >= 4)
        let isExpected = supervisor.exits.allSatisfy { exit in
            if let expected = poison.exit { return exit == expected }
            if case .signal = exit { return true }
            return false
        }
        #expect(isExpected, "\(supervisor.exits)")
    }
}
