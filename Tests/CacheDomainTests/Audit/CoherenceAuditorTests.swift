import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import CacheDomain

/// An auditor of a node that follows a log for real, by a clock of the test.
@Suite(.timeLimit(.minutes(1))) struct CoherenceAuditorTests {
    private let clock = ManualClock()
    private let server: InMemoryServer
    private let store: BrokenStore
    private let log: DeafenedLog
    private let tier = LocalTier(LRUStorage(maxEntries: 100, maxBytes: 10_000))
    private let follower: CoherenceFollower
    private let sink = RecordingLog()

    private final class RecordingLog: LogSink {
        let level = LogLevel.info
        private let written = Mutex<[LogRecord]>([])
        func write(_ record: LogRecord) { written.withLock { $0.append(record) } }

        func fields(of message: String) -> [[String: LogValue]] {
            written.withLock { $0 }.filter { $0.message == message }
                .map { record in
                    Dictionary(uniqueKeysWithValues: record.fields.map { ($0.name, $0.value) })
                }
        }
    }

    init() {
        let clock = clock
        server = InMemoryServer(journalLength: 5, now: { clock.now })
        store = BrokenStore(InMemoryStore(server, node: "a"))
        log = DeafenedLog(InMemoryStore(server, node: "a"))
        follower = CoherenceFollower(
            log: log,
            tier: tier,
            logger: Logger(SilentLog()),
            clock: clock,
            now: { clock.now }
        )
    }

    private func auditor(of store: (any RemoteStore)? = nil) -> CoherenceAuditor {
        let clock = clock
        return CoherenceAuditor(
            store: store ?? self.store,
            log: log,
            tier: tier,
            follower: follower,
            logger: Logger(sink),
            clock: clock,
            now: { clock.now }
        )
    }

    /// Follows a log whose only message is about the key, of which there is a copy then.
    private func following(_ body: () async throws -> Void) async throws {
        try await write(1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { await follower.run() }
            defer { group.cancelAll() }
            try await eventually("it follows") { follower.isFollowing }
            hold(1, asOf: 1)
            try await body()
        }
    }

    /// Whatever the follower thinks of it: the auditor has to see what the protocol would not.
    private func openGate() { follower.gate.open(until: clock.now + .seconds(1_000)) }

    private func write(_ value: UInt8, to key: String = "k") async throws {
        let write = CacheWrite(key: key, value: [value], timeToLive: .seconds(6_000))
        _ = try await store.apply(Change(writes: [write]))
    }

    private func hold(_ value: UInt8, asOf sequence: UInt64) {
        let entry = LocalEntry(
            bytes: [value],
            expiry: clock.now + .seconds(6_000),
            asOf: LogPosition(epoch: "in-memory", sequence: sequence)
        )
        tier.install(entry, forKey: "k", ifUnchangedSince: tier.fillToken(forKey: "k"))
    }

    /// Looks after each of these times, one after the other.
    private func look(_ auditor: CoherenceAuditor, after seconds: Int...) async {
        for pause in seconds {
            clock.advance(by: .seconds(pause))
            openGate()
            await auditor.look()
        }
    }

    @Test func `a copy that no message corrects is found, and told with its trace`() async throws {
        let auditor = auditor()
        try await following {
            await look(auditor, after: 0)
            #expect(auditor.findings == Audit.Findings(comparedCount: 1))
            log.deafen()
            try await write(2)
            await look(auditor, after: 0, 1)
            #expect(auditor.findings.presentAge == .seconds(1))
            #expect(sink.fields(of: "a copy differs from the store").count == 1)
            #expect(sink.fields(of: "a copy is older than the bound").isEmpty)
            await look(auditor, after: 9, 50)
        }
        let findings = auditor.findings
        #expect(findings.staleCounts[1...].allSatisfy { $0 > 0 })
        #expect(findings.violations == [.late: 1] && findings.foreignCount == 0)
        #expect(findings.worstAge == .seconds(60) && findings.presentAge == .zero)
        let told = sink.fields(of: "a copy is older than the bound")
        #expect(told.map { $0["for"] } == [.number(10), .number(60)])
        #expect(told.first?["key"] == "k" && told.first?["cause"] == "late")
        #expect(told.first?["filledAt"] == "1 of in-memory")
        #expect(told.first?["applied"] == "1 of in-memory")
        #expect(told.first?["copy"] != told.first?["stored"])
    }

    @Test func `what a foreign program changes or removes is told apart`() async throws {
        let auditor = auditor()
        try await following {
            server.writeForeign("k", [9], until: clock.now + .seconds(6_000))
            await look(auditor, after: 0, 1, 9, 50)
            #expect(auditor.findings.foreignCount == 1 && auditor.findings.goneCount == 0)
            hold(1, asOf: 1)
            server.emptyForeign()
            await look(auditor, after: 1, 1, 9)
        }
        #expect(auditor.findings.foreignCount == 1 && auditor.findings.goneCount == 1)
        #expect(auditor.findings.staleCounts[1...] == [0, 0, 0])
        #expect(auditor.findings.violations == [:])
        #expect(sink.fields(of: "a value was changed with no word in the log").count == 2)
    }

    @Test func `a copy that outlives a message which names it breaks the protocol`() async throws {
        let auditor = auditor()
        try await following {
            try await write(2)
            hold(1, asOf: 1)
            await look(auditor, after: 0, 1, 9)
        }
        #expect(auditor.findings.violations == [.kept: 1] && auditor.findings.foreignCount == 0)
        let told = sink.fields(of: "a copy is older than the bound").first
        guard case .string(let trace) = told?["trace"] else {
            Issue.record("no trace: \(told ?? [:])")
            return
        }
        #expect(trace.contains("2 named its key 10.0 seconds ago"))
    }

    @Test func `where the journal does not reach back nobody says that it was foreign`()
        async throws
    {
        let auditor = auditor()
        try await following {
            for number in 0..<10 { try await write(1, to: "other\(number)") }
            server.writeForeign("k", [9], until: clock.now + .seconds(6_000))
            await look(auditor, after: 0, 1, 9)
        }
        #expect(auditor.findings.violations == [.unexplained: 1])
        #expect(auditor.findings.foreignCount == 0)
    }

    @Test func `a copy that changes while the store answers is not compared`() async throws {
        let paused = PausedStore(InMemoryStore(server, node: "a"), .afterReading)
        let auditor = auditor(of: paused)
        try await following {
            openGate()
            async let looking: Void = auditor.look()
            await paused.reached.wait()
            try await write(2)
            hold(2, asOf: 2)
            paused.mayGoOn.open()
            await looking
        }
        #expect(auditor.findings == Audit.Findings())
    }

    @Test func `what is not served is not looked at`() async throws {
        let auditor = auditor()
        try await following {
            tier.distrustAll()
            await look(auditor, after: 0)
            hold(1, asOf: 1)
            follower.gate.shut()
            await auditor.look()
        }
        #expect(auditor.findings == Audit.Findings() && store.readings == 0)
    }

    @Test func `a store that does not answer says nothing about a copy`() async throws {
        let auditor = auditor()
        try await following {
            store.fail(with: StoreError(.unavailable, "test"))
            await look(auditor, after: 0)
        }
        #expect(auditor.findings == Audit.Findings() && store.readings == 1)
    }
}
