import Conformance
import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Jobs

/// Beats whose clocks are wrong, and a server whose clock is put.
@Suite struct BeatClockTests {
    @Test func `of processes a minute apart the clock of the server decides, and each is told`()
        async throws
    {
        let stage = try await Stage(skews: [.seconds(30), .seconds(-30)])
        await stage.run { await stage.pass(.seconds(1), times: 20) }
        #expect(try stage.fired() == stage.seconds(1...20))
        let skews = try await stage.store.beats().map(\.skew)
        #expect(skews == [.seconds(30), .seconds(-30)])
    }

    @Test func `a clock that is put back fires nothing twice, one that is put on misses nothing`()
        async throws
    {
        let stage = try await Stage(skews: [.zero, .zero])
        await stage.run {
            await stage.pass(.seconds(1), times: 5)
            await stage.pass(.seconds(-3_600))
            await stage.pass(.seconds(1), times: 5)
            await stage.pass(.seconds(3_600))
            await stage.pass(.seconds(600))
            await stage.pass(.seconds(-30))
            await stage.pass(.seconds(1), times: 40)
        }
        #expect(try stage.fired() == stage.seconds(1...620))
    }

    @Test func `a process that stood still for an hour finds nothing left to do`() async throws {
        let stage = try await Stage(skews: [.zero, .zero])
        await stage.run {
            await stage.pass(.seconds(1), times: 3)
            await stage.pass(.seconds(1), times: 60, asleep: 1)
            await stage.pass(.seconds(1), times: 3)
        }
        #expect(try stage.fired() == stage.seconds(1...66))
    }
}

/// A schedule with an entry of each second, and beats beside it, each with clocks of its own.
private final class Stage: Sendable {
    let store: InMemorySchedule
    private let queue = InMemoryQueue()
    private let beats: [Beat]
    private let clocks: [ManualClock]
    private let time: ServerTime

    private final class ServerTime: Sendable {
        private let state = Mutex(Stage.beginning)
        var now: WallTime { state.withLock { $0 } }
        func pass(_ duration: Duration) { state.withLock { $0 = $0 + duration } }
    }

    private static let beginning = WallTime(milliseconds: 1_800_000_000_000)

    init(skews: [Duration]) async throws {
        let time = ServerTime()
        let store = InMemorySchedule(firingInto: queue, zones: NoZones(), wallClock: { time.now })
        self.time = time
        self.store = store
        var entry = ScheduleEntry(
            name: "tick",
            timing: try .every(seconds: 1),
            event: try EventTemplate(Event(job: .invalidate(Invalidation(keys: ["a"]))))
        )
        entry.catchUp = .all(window: .seconds(86_400), cap: 1_000)
        _ = try await store.set(entry)
        let clocks = skews.map { _ in ManualClock() }
        self.clocks = clocks
        beats = zip(skews, clocks).enumerated()
            .map { index, pair in
                let (skew, clock) = pair
                return Beat(
                    store,
                    node: "node-\(index)",
                    zones: NoZones(),
                    time: BeatTime(
                        clock: clock,
                        now: { clock.now },
                        wallClock: { time.now + skew }
                    )
                )
            }
    }

    /// Lets the beats fire while `body` runs.
    func run(_ body: () async -> Void) async {
        await withDiscardingTaskGroup { group in
            for beat in beats { group.addTask { await beat.run() } }
            for clock in clocks { await clock.untilAsleep(1) }
            await body()
            for beat in beats { beat.stop() }
        }
    }

    /// Lets time pass, on the server by that, for each process a second; one may stand still.
    func pass(_ duration: Duration, times: Int = 1, asleep: Int? = nil) async {
        for _ in 0..<times {
            time.pass(duration)
            for (index, clock) in clocks.enumerated() where index != asleep {
                clock.advance(by: .seconds(1))
                await clock.untilAsleep(1)
            }
        }
    }

    /// The instants of what was enqueued, in that order.
    func fired() throws -> [WallTime] {
        var decoder = EventDecoder()
        guard case .jobs(let jobs) = queue.fetch(upTo: 10_000) else { return [] }
        return try jobs.map { job in
            let id = try decoder.decode(job.event[...]).id ?? ""
            return try #require(FiringIdentity(eventID: id)).instant
        }
    }

    func seconds(_ range: ClosedRange<Int>) -> [WallTime] {
        range.map { Self.beginning + .seconds($0) }
    }
}
