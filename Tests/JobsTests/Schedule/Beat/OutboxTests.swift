import Conformance
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Jobs

@Suite("What the schedule has for the broker")
struct OutboxTests {
    @Test("is published once and forgotten")
    func published() async throws {
        let desk = try await Desk(["a", "b"])
        let publisher = ScriptedPublisher()
        await desk.run(publisher) {
            try await publisher.until { $0.count == 2 }
            try await desk.untilWaiting([])
        }
        #expect(publisher.confirmed.sorted() == desk.ids.sorted())
    }

    @Test("is given back when the broker is away, so that another process can publish it at once")
    func away() async throws {
        let desk = try await Desk(["a", "b"])
        let publisher = ScriptedPublisher { _ in SourceError("away") }
        await desk.run(publisher) {
            try await publisher.until { _ in publisher.callCount > 0 }
            try await desk.untilFree(2)
        }
        #expect(publisher.confirmed.isEmpty)
    }

    @Test("is given back when the broker is silent for too long")
    func silent() async throws {
        let desk = try await Desk(["a"])
        let publisher = ScriptedPublisher(isSilent: true)
        await desk.run(publisher) {
            try await publisher.until { _ in publisher.callCount > 0 }
            #expect(try await desk.store.takeOutgoing(limit: 9, for: .zero).isEmpty)
            await desk.clock.untilAsleep(1)
            desk.clock.advance(by: Outbox.publishLimit)
            try await desk.untilFree(1)
        }
    }

    @Test("goes on without the one event that the broker refuses")
    func refused() async throws {
        let desk = try await Desk(["a", "b", "c"])
        let bad = desk.ids[1]
        let publisher = ScriptedPublisher { ids in
            ids.contains(bad) ? SourceError("no queue takes it", isRetriable: false) : nil
        }
        await desk.run(publisher) {
            try await publisher.until { $0.count == 2 }
            try await desk.untilWaiting([bad])
        }
        #expect(publisher.confirmed.sorted() == [desk.ids[0], desk.ids[2]].sorted())
    }
}

/// A schedule of entries for the broker, each fired once.
private struct Desk {
    let store: InMemorySchedule
    let clock = ManualClock()
    let ids: [String]

    init(_ names: [String]) async throws {
        store = InMemorySchedule(firingInto: InMemoryQueue(), zones: NoZones())
        var ids: [String] = []
        for name in names {
            var entry = ScheduleEntry(
                name: name,
                timing: try .every(seconds: 3_600),
                event: try EventTemplate(Event(job: .invalidate(Invalidation(keys: [name]))))
            )
            entry.transport = .amqp
            _ = try await store.set(entry)
            let run = try await store.fire(name)
            ids.append(FiringIdentity(entry: name, instant: run.instant).eventID)
        }
        self.ids = ids
    }

    /// Runs an outbox while `body` runs, and stops it.
    func run(
        _ publisher: ScriptedPublisher,
        _ body: () async throws -> Void
    ) async {
        let outbox = Outbox(
            store,
            publisher: publisher,
            logger: Logger(SilentLog()),
            clock: clock,
            tell: { _ in }
        )
        await withDiscardingTaskGroup { group in
            group.addTask { await outbox.run() }
            do { try await body() } catch { Issue.record(error) }
            outbox.stop()
        }
    }

    /// Waits until these alone have not been published.
    func untilWaiting(_ ids: [String]) async throws {
        try await eventually("these wait: \(ids)") {
            let count = try await store.look(Glance(node: "test", limit: 0)).outgoingCount
            guard count == ids.count else { return false }
            let free = try await store.takeOutgoing(limit: 9, for: .zero).map(\.id)
            return free.sorted() == ids.sorted()
        }
    }

    /// Waits until so many are nobody's.
    func untilFree(_ count: Int) async throws {
        try await eventually("\(count) are nobody's") {
            try await store.takeOutgoing(limit: 9, for: .zero).count == count
        }
    }
}

/// A broker that does as the test says.
private final class ScriptedPublisher: JobPublisher {
    private let fault: @Sendable ([String]) -> SourceError?
    private let isSilent: Bool
    /// Never ends, so that only cancellation does.
    private let silence = AsyncStream.makeStream(of: Never.self)
    private let state = Mutex(State())

    private struct State {
        var callCount = 0
        var confirmed: [String] = []
    }

    init(
        isSilent: Bool = false,
        fault: @escaping @Sendable ([String]) -> SourceError? = { _ in nil }
    ) {
        self.fault = fault
        self.isSilent = isSilent
    }

    var callCount: Int { state.withLock { $0.callCount } }
    var confirmed: [String] { state.withLock { $0.confirmed } }

    func publish(_ events: [Event]) async throws(SourceError) {
        let ids = events.compactMap(\.id)
        state.withLock { $0.callCount += 1 }
        if isSilent {
            for await _ in silence.stream {}
            throw SourceError("nothing was heard")
        }
        if let error = fault(ids) { throw error }
        state.withLock { $0.confirmed += ids }
    }

    func until(_ condition: @escaping @Sendable ([String]) -> Bool) async throws {
        try await eventually("the publisher was asked") { condition(confirmed) }
    }
}
