import Jobs
import Synchronization
import TestSupport
import Testing

/// Who has to wait for whom.
@Suite(.timeLimit(.minutes(3))) struct LaneTests {
    typealias Transport = LaneDeployment.Transport

    private func removal(_ key: String) -> Job { .invalidate(Invalidation(keys: [key])) }

    private func warm(_ key: String) -> Job {
        .warm(Warming(entries: [WarmEntry(key: key, value: [0x31])]))
    }

    @Test(arguments: Transport.allCases)
    func `a cleanup and a task that do not end hold up no invalidation and no warm`(
        transport: Transport
    ) async throws {
        try await LaneDeployment.run(on: transport) { deployment in
            let handler = CountingHandler(holding: [.cleanup, .task])
            try await deployment.publish([
                .cleanup(Cleanup(task: "slow")), .task(TaskCall(name: "slow")),
                .cleanup(Cleanup(task: "next")), .task(TaskCall(name: "next")),
            ])
            try await deployment.working(handler) {
                try await eventually("both are under way") {
                    handler.begun(.cleanup) == 1 && handler.begun(.task) == 1
                }
                try await deployment.publish((0..<500).map { removal("k\($0)") })
                try await deployment.publish((0..<100).map { warm("w\($0)") })
                try await eventually("all others are done") {
                    handler.done(.invalidate) == 500 && handler.done(.warm) == 100
                }
                #expect(handler.done(.cleanup) == 0 && handler.done(.task) == 0)
                #expect(handler.begun(.cleanup) == 1 && handler.begun(.task) == 1)
                handler.release()
                try await eventually("the rest is done") {
                    handler.done(.cleanup) == 2 && handler.done(.task) == 2
                }
            }
        }
    }

    @Test(arguments: [(Transport.stream, 100_000), (Transport.amqp, 20_000)])
    func `an invalidation waits for a few batches of warms, however many there are`(
        transport: Transport,
        backlog: Int
    ) async throws {
        try await LaneDeployment.run(on: transport) { deployment in
            try await deployment.publish((0..<backlog).map { warm("w\($0)") })
            let handler = CountingHandler(holding: [.warm])
            try await deployment.working(handler) {
                try await eventually("a batch of warms is under way") { handler.begun(.warm) > 0 }
                let before = handler.begun(.warm)
                try await deployment.publish([removal("k")])
                handler.release()
                try await eventually("the invalidation is done") { handler.done(.invalidate) == 1 }
                // Read ahead, planned and in the buffers of the broker's connection.
                let overtaken = try #require(handler.warmsBeforeInvalidation) - before
                #expect(overtaken <= 8 * 256, "\(overtaken) warms went before it")
            }
        }
    }

    @Test(arguments: Transport.allCases)
    func `a stream of invalidations starves neither warms nor cleanups nor tasks`(
        transport: Transport
    ) async throws {
        try await LaneDeployment.run(on: transport) { deployment in
            let count = 10_000
            try await deployment.publish((0..<count).map { removal("k\($0)") })
            try await deployment.publish([
                warm("w"), .cleanup(Cleanup(task: "a")), .task(TaskCall(name: "a")),
            ])
            // Invalidations in front of all others never end: the most of them wait for good.
            let handler = CountingHandler(holding: [.invalidate], after: count / 2)
            try await deployment.working(handler) {
                try await eventually("the others are done") {
                    handler.done(.warm) == 1 && handler.done(.cleanup) == 1
                        && handler.done(.task) == 1
                }
                #expect(handler.done(.invalidate) <= count / 2)
                handler.release()
            }
        }
    }
}

/// A handler that counts, and holds what the test says until it lets go.
private final class CountingHandler: JobHandler {
    private let held: Set<JobKind>
    private let after: Int
    private let mayEnd = Latch()
    private let state = Mutex(State())

    private struct State {
        var begun: [JobKind: Int] = [:]
        var done: [JobKind: Int] = [:]
        var warmsBeforeInvalidation: Int?
    }

    /// Holds steps of these kinds once so many jobs of the kind are done.
    init(holding held: Set<JobKind>, after: Int = 0) {
        self.held = held
        self.after = after
    }

    func begun(_ kind: JobKind) -> Int { state.withLock { $0.begun[kind] ?? 0 } }
    func done(_ kind: JobKind) -> Int { state.withLock { $0.done[kind] ?? 0 } }
    var warmsBeforeInvalidation: Int? { state.withLock { $0.warmsBeforeInvalidation } }
    func release() { mayEnd.open() }

    func perform(_ work: BatchPlan.Work) async throws(JobError) -> WorkEffect {
        let (kind, count) = work.size
        state.withLock { state in
            state.begun[kind, default: 0] += count
            if kind == .invalidate, state.warmsBeforeInvalidation == nil {
                state.warmsBeforeInvalidation = state.done[.warm] ?? 0
            }
        }
        if held.contains(kind), done(kind) + count > after { await mayEnd.wait() }
        state.withLock { $0.done[kind, default: 0] += count }
        return WorkEffect()
    }
}

extension BatchPlan.Work {
    fileprivate var size: (kind: JobKind, count: Int) {
        switch self {
        case .invalidate(let removal): (.invalidate, removal.keys.count)
        case .warm(let writes): (.warm, writes.count)
        case .load: (.warm, 1)
        case .cleanup: (.cleanup, 1)
        case .task: (.task, 1)
        }
    }
}
