import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Jobs

/// Events that come twice, over a queue that delivers at least once.
@Suite(.timeLimit(.minutes(1))) final class DeduplicationTests: Sendable {
    private let queue = InMemoryQueue()
    private let outcomes = Mutex<[Outcome]>([])
    private let incidents = Mutex<[WorkerIncident]>([])

    private func add(
        _ key: String,
        id: String?,
        source: String? = nil,
        isWarm: Bool = false
    ) async {
        let job: Job =
            isWarm
            ? .warm(Warming(entries: [WarmEntry(key: key, value: [0x31])]))
            : .invalidate(Invalidation(keys: [key]))
        await queue.add(Event(id: id, source: source, job: job).encoded())
    }

    /// Runs a worker that asks for invalidations, until the queue has ended.
    @discardableResult
    private func run(
        _ registry: any EventRegistry,
        _ handler: ScriptedHandler = ScriptedHandler(),
        batchSize: Int = 256,
        source: (any JobSource)? = nil
    ) async -> [Outcome] {
        // A source sees the end of the queue though jobs of the last batches will come again.
        repeat {
            await worker(registry, handler, source ?? InMemorySource(queue, batchSize: batchSize))
                .run()
        } while source == nil && queue.unsettledCount > 0
        return outcomes.withLock { $0 }
    }

    private func worker(
        _ registry: any EventRegistry,
        _ handler: ScriptedHandler,
        _ source: any JobSource
    ) -> Worker {
        var asking = JobPolicy(deduplicationWindow: .seconds(600))
        asking.retries.maxAttempts = 1
        return Worker(
            source: source,
            handler: handler,
            policies: JobPolicies(JobPolicy(), except: [.invalidate: asking]),
            registry: registry,
            isolation: Isolation(ledger: InMemorySuspectLedger()),
            logger: Logger(SilentLog()),
            giveUp: {},
            incident: { [unowned self] incident in incidents.withLock { $0.append(incident) } },
            report: { [unowned self] report in outcomes.withLock { $0 += report.outcomes } }
        )
    }

    @Test(arguments: [1, 2, 256])
    func `an event that comes twice is done once`(batchSize: Int) async {
        for key in ["a", "b", "a", "a"] { await add(key, id: key) }
        queue.finish()
        let handler = ScriptedHandler()
        let outcomes = await run(CountingRegistry(), handler, batchSize: batchSize)
        #expect(handler.removals.flatMap(\.self).sorted() == ["a", "b"])
        // Batches that overlap may find the event under way, and wait.
        #expect(outcomes.count { $0 == .done } == 2)
        #expect(outcomes.count { $0 == .duplicate } == 2)
        #expect(queue.unsettledCount == 0)
    }

    @Test func `events of other names, kinds and sources, or with no id, are others`() async {
        await add("1", id: "x")
        await add("2", id: "x", source: "/a")
        await add("3", id: "x", source: "/b")
        await add("4", id: "y")
        await add("5", id: nil)
        await add("6", id: nil)
        // A source and an id do not flow into each other.
        await add("7", id: "1:b", source: "a")
        await add("8", id: "b", source: "a:1")
        queue.finish()
        let handler = ScriptedHandler()
        #expect(await run(InMemoryEventRegistry(), handler).allSatisfy { $0 == .done })
        #expect(handler.removals == [["1", "2", "3", "4", "5", "6", "7", "8"]])
    }

    @Test func `a kind that does not ask is done each time, and costs no question`() async {
        for _ in 0..<2 { await add("w", id: "x", isWarm: true) }
        await add("k", id: nil)
        queue.finish()
        let registry = CountingRegistry()
        #expect(await run(registry) == [.done, .done, .done])
        #expect(registry.callCount == 0)
    }

    @Test func `a batch asks once before and tells once after, however many jobs it has`() async {
        for number in 0..<200 { await add("k\(number)", id: "\(number % 150)") }
        queue.finish()
        let registry = CountingRegistry()
        let outcomes = await run(registry)
        #expect(registry.callCount == 2)
        #expect(outcomes.count { $0 == .done } == 150)
        #expect(outcomes.count { $0 == .duplicate } == 50)
    }

    @Test func `a job that fails lets the next one of its event try`() async {
        await add("bad", id: "x")
        await add("good", id: "x")
        queue.finish()
        let handler = ScriptedHandler { work throws(JobError) in
            if work.removedKeys == ["bad"] { throw .final }
        }
        let outcomes = await run(InMemoryEventRegistry(), handler, batchSize: 1)
        // Batches that overlap may find the event under way, and wait.
        #expect(outcomes.map(\.word).filter { $0 != "snooze" } == ["dead", "done"])
    }

    @Test func `behind one that fails in the same batch the next one waits for its turn`() async {
        await add("bad", id: "x")
        await add("good", id: "x")
        let handler = ScriptedHandler { work throws(JobError) in
            if work.removedKeys == ["bad"] { throw .final }
        }
        let source = InMemorySource(queue)
        async let running = run(InMemoryEventRegistry(), handler, source: source)
        try? await eventually("both have an outcome") {
            self.outcomes.withLock { $0.count } >= 2
        }
        await source.stop()
        let outcomes = await running
        #expect(outcomes.first?.word == "dead")
        #expect(outcomes.dropFirst().first == .pause(Deduplication.pause))
    }

    @Test func `while another message does the event this one sleeps, with no attempt used`()
        async throws
    {
        let registry = InMemoryEventRegistry()
        let event = Event(id: "x", job: .invalidate(Invalidation(keys: ["k"])))
        let name = try #require(event.name(of: .invalidate))
        let claim = EventClaim(
            event: name,
            owner: "another",
            mayResume: false,
            lifetime: .seconds(600)
        )
        #expect(try await registry.claim([claim]) == [.granted])
        await add("k", id: "x")
        let handler = ScriptedHandler()
        let source = InMemorySource(queue)
        async let running = run(registry, handler, source: source)
        try await eventually("it has an outcome") { !self.outcomes.withLock { $0.isEmpty } }
        await source.stop()
        let first = await running.first
        #expect(first == .pause(Deduplication.pause))
        #expect(handler.asked.isEmpty)
    }

    @Test func `what was done and not acknowledged is known as done when it comes again`() async {
        await add("k", id: "x")
        queue.finish()
        let handler = ScriptedHandler()
        let registry = InMemoryEventRegistry()
        await run(registry, handler, source: FlakySource(queue, settleFailures: 1))
        await run(registry, handler)
        #expect(handler.removals == [["k"]])
        #expect(outcomes.withLock { $0 } == [.duplicate])
        #expect(queue.unsettledCount == 0)
    }

    @Test func `while the registry is away such jobs wait, and are done then`() async {
        await add("k", id: "x")
        queue.finish()
        let registry = CountingRegistry(failures: 3)
        #expect(await run(registry) == [.done])
        #expect(registry.callCount == 5)
        let waits = [true, false, false]
            .map { isFirst in
                WorkerIncident.stepRetried(source: "memory", reason: "registry", isFirst: isFirst)
            }
        #expect(incidents.withLock { $0 } == waits + [.stepWentOn(source: "memory")])
    }
}

/// A registry that may be away for some calls, and counts them.
private final class CountingRegistry: EventRegistry {
    private let inner = InMemoryEventRegistry()
    private let state: Mutex<(calls: Int, failures: Int)>

    init(failures: Int = 0) { state = Mutex((0, failures)) }

    var callCount: Int { state.withLock { $0.calls } }

    func claim(_ claims: [EventClaim]) async throws(SourceError) -> [EventClaim.Answer] {
        try call()
        return try await inner.claim(claims)
    }

    func settle(_ settlements: [EventSettlement]) async throws(SourceError) {
        try call()
        try await inner.settle(settlements)
    }

    private func call() throws(SourceError) {
        let isAway = state.withLock { state in
            state.calls += 1
            defer { state.failures -= 1 }
            return state.failures > 0
        }
        if isAway { throw SourceError("the registry is away") }
    }
}
