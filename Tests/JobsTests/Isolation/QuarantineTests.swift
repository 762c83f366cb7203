import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Jobs

/// Processes that die of a job, played by workers that are cancelled in the middle of it.
@Suite(.timeLimit(.minutes(1))) final class QuarantineTests: Sendable {
    private let queue = InMemoryQueue()
    private let ledger = InMemorySuspectLedger()
    private let done = Mutex<[String: Int]>([:])
    private let outcomes = Mutex<[Outcome]>([])
    private let deaths = Mutex(0)
    private let incidents = Mutex<[WorkerIncident]>([])

    private func add(_ keys: [String]) async {
        for key in keys {
            await queue.add(Event(job: .invalidate(Invalidation(keys: [key]))).encoded())
        }
    }

    /// Runs a process until it dies of a job, or nothing is left.
    ///
    /// - Returns: Whether it died.
    private func runProcess(
        batchSize: Int,
        ledger: any SuspectLedger,
        isPoison: @escaping @Sendable (String) -> Bool
    ) async -> Bool {
        let (death, dying) = AsyncStream.makeStream(of: Void.self)
        let forever = ManualClock()
        let handler = ScriptedHandler { [unowned self] (work) throws(JobError) in
            // What stands before the poison is done, what stands behind it is not.
            for key in work.removedKeys {
                if isPoison(key) {
                    dying.yield()
                    try? await forever.sleep(for: .seconds(1))
                    throw .passing
                }
                done.withLock { $0[key, default: 0] += 1 }
                await Task.yield()
            }
        }
        let worker = worker(handler, ledger, batchSize: batchSize)
        return await withTaskGroup(of: Bool.self) { group in
            group.addTask {
                await worker.run()
                return false
            }
            group.addTask {
                for await _ in death { return true }
                return false
            }
            let hasDied = await group.next() ?? false
            group.cancelAll()
            return hasDied
        }
    }

    private func worker(
        _ handler: ScriptedHandler,
        _ ledger: any SuspectLedger,
        batchSize: Int = 256,
        source: (any JobSource)? = nil
    ) -> Worker {
        Worker(
            source: source ?? InMemorySource(queue, batchSize: batchSize),
            handler: handler,
            isolation: Isolation(ledger: ledger),
            logger: Logger(SilentLog()),
            giveUp: {},
            incident: { [unowned self] incident in incidents.withLock { $0.append(incident) } },
            report: { [unowned self] report in outcomes.withLock { $0 += report.outcomes } }
        )
    }

    /// Starts processes again and again, as a supervisor does, until nothing is left.
    private func supervise(_ batchSize: Int, _ isPoison: @escaping @Sendable (String) -> Bool) async
    {
        while await runProcess(batchSize: batchSize, ledger: ledger, isPoison: isPoison) {
            deaths.withLock { $0 += 1 }
        }
    }

    /// Makes suspects of the jobs that wait.
    private func suspectAll() async throws {
        let source = InMemorySource(queue)
        _ = try await source.nextBatch()
        await source.close()
    }

    // MARK: Deaths

    @Test(arguments: 1...15)
    func `whoever dies of it, the guilty job alone is dead and all others are done`(
        seed: UInt64
    )
        async
    {
        var random = SeededGenerator(seed: seed)
        let count = Int.random(in: 2...200, using: &random)
        let poisonCount = Int.random(in: 1...2, using: &random)
        let poison = Set((0..<count).shuffled(using: &random).prefix(poisonCount).map { "k\($0)" })
        let batchSize = [1, 7, 64, 256].randomElement(using: &random) ?? 1
        let keys = (0..<count).map { "k\($0)" }
        await add(keys)
        queue.finish()
        await withDiscardingTaskGroup { group in
            for _ in 0..<2 {
                group.addTask { [self] in await supervise(batchSize) { poison.contains($0) } }
            }
        }
        // A supervisor may have seen the end of the queue while the other held jobs.
        await supervise(batchSize) { poison.contains($0) }
        #expect(queue.unsettledCount == 0)
        let letters = queue.deadLetters
        #expect(letters.allSatisfy { $0.cause == .crash(Quarantine.limit) })
        let bodies = letters.map { String(decoding: $0.event, as: UTF8.self) }.sorted()
        let expected = poison.map { key in
            String(
                decoding: Event(job: .invalidate(Invalidation(keys: [key]))).encoded(),
                as: UTF8.self
            )
        }
        #expect(bodies == expected.sorted())
        #expect(Set(done.withLock { $0 }.keys) == Set(keys).subtracting(poison))
        #expect(ledger.charges == [:])
        #expect(deaths.withLock { $0 } >= Quarantine.limit * poison.count)
    }

    @Test func `a victim costs a charge that is taken back, and what nobody suspects costs none`()
        async throws
    {
        let ledger = CountingLedger()
        await add(["a", "b", "c"])
        try await suspectAll()
        await add(["d", "e"])
        queue.finish()
        let handler = ScriptedHandler()
        await worker(handler, ledger, batchSize: 3).run()
        #expect(handler.removals.contains(["d", "e"]))
        #expect(handler.removals.filter { $0 != ["d", "e"] } == [["a"], ["b"], ["c"]])
        // One each, and one to take back the last one's.
        #expect(
            ledger.calls == ["+memory 1", "+memory 2-memory 1", "+memory 3-memory 2", "-memory 3"]
        )
        #expect(outcomes.withLock { $0 } == [.done, .done, .done, .done, .done])
    }

    @Test func `a batch that holds suspects keeps its order`() async throws {
        await add(["a", "b"])
        try await suspectAll()
        await add(["c", "d"])
        queue.finish()
        let handler = ScriptedHandler()
        await worker(handler, ledger).run()
        #expect(handler.removals == [["a"], ["b"], ["c", "d"]])
        #expect(ledger.charges == [:])
    }

    @Test func `a suspect that is no event goes to the dead letters for that`() async throws {
        await queue.add(Array("garbage".utf8))
        try await suspectAll()
        queue.finish()
        await worker(ScriptedHandler(), ledger).run()
        #expect(queue.deadLetters.map(\.cause.reason) == ["not-json"])
        #expect(ledger.charges == [:])
    }

    // MARK: The ledger is away

    @Test func `while the ledger is away suspects wait, and other jobs go on`() async throws {
        let ledger = CountingLedger(isAway: true)
        let suspects = (0..<20).map { "suspect \($0)" }
        await add(suspects)
        try await suspectAll()
        let handler = ScriptedHandler()
        let source = InMemorySource(queue, batchSize: 1)
        async let running: Void = worker(handler, ledger, source: source).run()
        try await eventually("the suspects wait") { ledger.failureCount > 1 }
        await add(["other"])
        try await eventually("the other job is done") {
            self.outcomes.withLock { $0 } == [.done]
        }
        #expect(handler.removals == [["other"]])
        ledger.comeBack()
        try await eventually("all suspects are done") {
            self.outcomes.withLock { $0.count } == 21
        }
        #expect(handler.removals == [["other"]] + suspects.map { [$0] })
        let told = incidents.withLock { $0 }
        #expect(
            told.first == .stepRetried(source: "memory", reason: "ledger", isFirst: true)
                && told.last == .stepWentOn(source: "memory")
        )
        await source.stop()
        await running
        #expect(queue.unsettledCount == 0)
    }

    @Test func `suspects that wait for the ledger do not hold up the end`() async throws {
        let ledger = CountingLedger(isAway: true)
        await add(["suspect"])
        try await suspectAll()
        let source = InMemorySource(queue)
        async let running: Void = worker(ScriptedHandler(), ledger, source: source).run()
        try await eventually("the suspect waits") { ledger.failureCount > 0 }
        await source.stop()
        await running
        #expect(queue.unsettledCount == 1)
        #expect(queue.deadLetters == [])
    }
}

/// A ledger that remembers what it was asked, and may be away.
private final class CountingLedger: SuspectLedger {
    private let state: Mutex<State>

    private struct State {
        var isAway: Bool
        var failureCount = 0
        var calls: [String] = []
    }

    init(isAway: Bool = false) { state = Mutex(State(isAway: isAway)) }

    var calls: [String] { state.withLock { $0.calls } }
    var failureCount: Int { state.withLock { $0.failureCount } }
    func comeBack() { state.withLock { $0.isAway = false } }

    func charge(
        _ suspect: String,
        limit: Int,
        takingBack finished: String?
    ) async throws(SourceError) -> Int {
        try call("+\(suspect)" + (finished.map { "-\($0)" } ?? ""))
        return 0
    }

    func takeBack(_ suspects: [String]) async throws(SourceError) {
        try call("-" + suspects.joined(separator: "-"))
    }

    private func call(_ text: String) throws(SourceError) {
        let isAway = state.withLock { state in
            if state.isAway { state.failureCount += 1 } else { state.calls.append(text) }
            return state.isAway
        }
        if isAway { throw SourceError("the ledger is away") }
    }
}
