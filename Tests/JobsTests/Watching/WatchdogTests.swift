import Synchronization
import Telemetry
import TestSupport
import Testing

@testable import Jobs

@Suite(.timeLimit(.minutes(1))) struct WatchdogTests {
    /// A source whose server has jobs for it, and a remedy that helps or none.
    private final class DeafSource: JobSource {
        let name = "deaf"
        private let remedy: StallAction?
        private let state = Mutex(State())

        private struct State {
            var jobs: UInt64 = 0
            var done: [StallAction] = []
            var looks = 0
        }

        init(helpedBy remedy: StallAction?) { self.remedy = remedy }

        var done: [StallAction] { state.withLock { $0.done } }
        var looks: Int { state.withLock { $0.looks } }

        func nextBatch() async throws(SourceError) -> DeliveryBatch? { nil }
        func stop() async {}
        func close() async {}

        func flows() async -> [JobFlow] {
            let jobs = state.withLock { state in
                state.looks += 1
                if let remedy, state.done.contains(remedy) { state.jobs += 1 }
                return state.jobs
            }
            return [
                JobFlow(
                    queue: "q",
                    hasWork: true,
                    hasCredit: true,
                    progress: JobFlow.Progress(jobs: jobs)
                )
            ]
        }

        func rebuildConsumer(of queue: String) async { note(.consumer) }
        func rebuildConnection() async { note(.connection) }

        private func note(_ action: StallAction) { state.withLock { $0.done.append(action) } }
    }

    /// What a watchdog told in so many looks.
    private func told(
        about source: DeafSource,
        looks: Int,
        endsByItself: Bool = false
    ) async -> [StallEvent] {
        let clock = ManualClock()
        let timeout = Duration.seconds(30)
        let told = Mutex<[StallEvent]>([])
        let events = { @Sendable (event: StallEvent) in told.withLock { $0.append(event) } }
        let watchdog = Watchdog(
            over: [source],
            timeout: timeout,
            logger: Logger(SilentLog()),
            clock: clock,
            now: { clock.now },
            tell: events
        )
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await watchdog.run() }
            for _ in 0..<looks {
                await clock.untilAsleep(1)
                clock.advance(by: timeout / StallDetector.looksPerTimeout)
            }
            guard !endsByItself else { return }
            await clock.untilAsleep(1)
            group.cancelAll()
        }
        return told.withLock { $0 }
    }

    private func stalled(_ action: StallAction) -> StallEvent {
        .stalled(source: "deaf", queue: "q", action)
    }

    private let recovered = StallEvent.recovered(source: "deaf", queue: "q")

    @Test func `a new consumer is tried first, and is all when it helps`() async {
        let source = DeafSource(helpedBy: .consumer)
        #expect(await told(about: source, looks: 20) == [stalled(.consumer), recovered])
        #expect(source.done == [.consumer])
    }

    @Test func `a new connection is tried next`() async {
        let source = DeafSource(helpedBy: .connection)
        let told = await told(about: source, looks: 20)
        #expect(told == [stalled(.consumer), stalled(.connection), recovered])
        #expect(source.done == [.consumer, .connection])
    }

    @Test func `when nothing helps the end is told once, and nothing else is done`() async {
        let source = DeafSource(helpedBy: nil)
        let told = await told(about: source, looks: 21, endsByItself: true)
        #expect(told == [.consumer, .connection, .exit].map(stalled))
        #expect(source.done == [.consumer, .connection])
    }

    @Test func `a time-out of zero watches nothing`() async {
        let source = DeafSource(helpedBy: nil)
        await Watchdog(over: [source], timeout: .zero, logger: Logger(SilentLog())).run()
        #expect(source.looks == 0)
    }
}
