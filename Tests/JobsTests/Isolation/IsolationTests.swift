import Synchronization
import TestSupport
import Testing

@testable import Jobs

@Suite(.timeLimit(.minutes(1))) final class IsolationTests: Sendable {
    private let clock = ManualClock()
    private let isolation: Isolation
    private let order = Mutex<[String]>([])

    init() { isolation = Isolation(ledger: InMemorySuspectLedger(), clock: clock) }

    private func note(_ text: String) { order.withLock { $0.append(text) } }

    /// Something that begins, and ends when the test says so.
    private struct Work {
        let begun = Latch()
        let mayEnd = Latch()

        func run() async -> Bool? {
            begun.open()
            await mayEnd.wait()
            return true
        }
    }

    @Test func `ordinary batches run side by side`() async {
        let (one, other) = (Work(), Work())
        async let first = isolation.together { await one.run() }
        async let second = isolation.together { await other.run() }
        await one.begun.wait()
        await other.begun.wait()
        one.mayEnd.open()
        other.mayEnd.open()
        #expect(await [first, second] == [true, true])
    }

    @Test(arguments: 1...20)
    func `a suspect is alone, whoever comes and in whatever order`(seed: UInt64) async {
        let crowd = Crowd()
        var random = SeededGenerator(seed: seed)
        await withDiscardingTaskGroup { group in
            for _ in 0..<200 {
                let isSuspect = Int.random(in: 0..<4, using: &random) == 0
                let yields = Int.random(in: 0..<5, using: &random)
                group.addTask { [isolation] in
                    if isSuspect {
                        _ = await isolation.alone { await crowd.visit(isSuspect: true, yields) }
                    } else {
                        _ = await isolation.together {
                            await crowd.visit(isSuspect: false, yields)
                        }
                    }
                }
            }
        }
        #expect(crowd.state.withLock { $0.worst } == 1)
        #expect(crowd.state.withLock { $0.visits } == 200)
    }

    /// Who is there, and how many at most while a suspect is.
    private final class Crowd: Sendable {
        let state = Mutex(State())

        struct State {
            var ordinary = 0
            var suspects = 0
            var worst = 0
            var visits = 0
        }

        func visit(isSuspect: Bool, _ yields: Int) async -> Bool? {
            state.withLock { state in
                if isSuspect { state.suspects += 1 } else { state.ordinary += 1 }
                guard state.suspects > 0 else { return }
                state.worst = max(state.worst, state.suspects + state.ordinary)
            }
            for _ in 0..<yields { await Task.yield() }
            state.withLock { state in
                if isSuspect { state.suspects -= 1 } else { state.ordinary -= 1 }
                state.visits += 1
            }
            return true
        }
    }

    @Test func `after each suspect the ordinary batches that wait go first`() async {
        let suspect = Work()
        await withDiscardingTaskGroup { group in
            group.addTask { [self] in
                _ = await isolation.alone { await suspect.run() }
            }
            await suspect.begun.wait()
            for number in 0..<3 {
                group.addTask { [self] in
                    _ = await isolation.alone {
                        note("suspect \(number)")
                        return true
                    }
                }
                await isolation.untilWaiting(suspects: number + 1)
            }
            group.addTask { [self] in
                _ = await isolation.together {
                    note("ordinary")
                    return true
                }
            }
            await isolation.untilWaiting(ordinary: 1)
            suspect.mayEnd.open()
        }
        #expect(
            order.withLock { $0 } == ["ordinary", "suspect 0", "suspect 1", "suspect 2"]
        )
    }

    @Test func `a suspect waits for a long batch no longer than its patience`() async {
        let (long, suspect) = (Work(), Work())
        async let batch = isolation.together { await long.run() }
        await long.begun.wait()
        async let result = isolation.alone { await suspect.run() }
        await clock.untilAsleep(1)
        clock.advance(by: Isolation.patience)
        await suspect.begun.wait()
        suspect.mayEnd.open()
        #expect(await result == true)
        long.mayEnd.open()
        #expect(await batch == true)
    }

    @Test func `a long suspect keeps ordinary batches waiting no longer than its solitude`() async {
        let (long, other) = (Work(), Work())
        async let suspect = isolation.alone { await long.run() }
        await long.begun.wait()
        async let batch = isolation.together { await other.run() }
        await isolation.untilWaiting(ordinary: 1)
        await clock.untilAsleep(1)
        clock.advance(by: Isolation.solitude)
        await other.begun.wait()
        other.mayEnd.open()
        #expect(await batch == true)
        long.mayEnd.open()
        #expect(await suspect == true)
    }

    @Test func `who is cancelled while he waits does nothing, and holds up nobody`() async {
        let suspect = Work()
        async let first = isolation.alone { await suspect.run() }
        await suspect.begun.wait()
        let waiting = Task { [isolation] in
            async let ordinary = isolation.together { true }
            async let other = isolation.alone { true }
            return await [ordinary, other]
        }
        await isolation.untilWaiting(suspects: 1)
        await isolation.untilWaiting(ordinary: 1)
        waiting.cancel()
        #expect(await waiting.value == [nil, nil])
        suspect.mayEnd.open()
        #expect(await first == true)
        #expect(await isolation.together { true } == true)
        #expect(await isolation.alone { true } == true)
    }
}

extension Isolation {
    /// Waits until at least so many wait.
    fileprivate func untilWaiting(ordinary: Int = 0, suspects: Int = 0) async {
        try? await eventually("they wait") {
            let counts = waitingCounts
            return counts.ordinary >= ordinary && counts.suspects >= suspects
        }
    }
}
