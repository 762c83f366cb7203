import Synchronization
import TestSupport
import Testing

@testable import CacheDomain

@Suite(.timeLimit(.minutes(1))) struct SingleFlightTests {
    private typealias Flights = SingleFlight<Int>

    private let flights = SingleFlight<Int>()
    private let tasks = Tally()

    /// Counts the tasks that have begun.
    private final class Tally: Sendable {
        private let state = Mutex(0)

        var count: Int { state.withLock(\.self) }

        func next() -> Int {
            state.withLock { count in
                count += 1
                return count
            }
        }
    }

    private func untilShared(_ count: Int) async throws {
        try await eventually("\(count) have joined") { flights.sharedCount >= count }
    }

    @Test func `all who come while a task is under way get what it comes to`() async throws {
        let gate = Latch()
        try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<10 {
                group.addTask { [self] in
                    try await flights.value(forKey: "k") { flight in
                        flight.seal()
                        await gate.wait()
                        return Flights.Answer(value: tasks.next(), isForLatecomers: true)
                    }
                }
            }
            try await untilShared(9)
            gate.open()
            for try await value in group { #expect(value == 1) }
        }
        let again = try await flights.value(forKey: "k") { _ in
            Flights.Answer(value: tasks.next(), isForLatecomers: true)
        }
        #expect(again == 2, "what is over is not shared")
    }

    @Test func `keys that only look alike have tasks of their own`() async throws {
        for key in ["caf\u{E9}", "cafe\u{301}"] {
            _ = try await flights.value(forKey: key) { flight in
                _ = tasks.next()
                return Flights.Answer(value: 0, isForLatecomers: true)
            }
        }
        #expect(tasks.count == 2)
    }

    @Test func `who came after the task had read gets another one, and all of them the same`()
        async throws
    {
        let (sealed, gate) = (Latch(), Latch())
        let body: Flights.Body = { flight in
            flight.seal()
            let number = tasks.next()
            if number == 1 {
                sealed.open()
                await gate.wait()
            }
            return Flights.Answer(value: number, isForLatecomers: false)
        }
        async let early = flights.value(forKey: "k", body)
        await sealed.wait()
        async let late = flights.value(forKey: "k", body)
        async let later = flights.value(forKey: "k", body)
        try await untilShared(2)
        gate.open()
        #expect(try await early == 1)
        #expect(try await [late, later] == [2, 2])
    }

    @Test func `an error goes to all who wait`() async throws {
        let gate = Latch()
        let body: Flights.Body = { flight in
            flight.seal()
            _ = tasks.next()
            await gate.wait()
            throw Source.Failure()
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for _ in 0..<5 {
                group.addTask { [self] in
                    await #expect(throws: Source.Failure.self) {
                        try await flights.value(forKey: "k", body)
                    }
                }
            }
            try await untilShared(4)
            gate.open()
            try await group.waitForAll()
        }
        #expect(tasks.count == 1)
    }

    @Test func `who is cancelled leaves, and the task goes on for the others`() async throws {
        let gate = Latch()
        let body: Flights.Body = { _ in
            await gate.wait()
            return Flights.Answer(value: Task.isCancelled ? 0 : 1, isForLatecomers: true)
        }
        let leaving = Task { try await flights.value(forKey: "k", body) }
        async let staying = flights.value(forKey: "k", body)
        try await untilShared(1)
        leaving.cancel()
        await #expect(throws: CancellationError.self) { try await leaving.value }
        gate.open()
        #expect(try await staying == 1)
    }

    @Test func `the task is cancelled with the last who waits, and the next one begins anew`()
        async throws
    {
        let (begun, ended) = (Latch(), Latch())
        let clock = ManualClock()
        let caller = Task {
            try await flights.value(forKey: "k") { _ in
                begun.open()
                defer { ended.open() }
                try await clock.sleep(for: .seconds(1))
                return Flights.Answer(value: 1, isForLatecomers: true)
            }
        }
        await begun.wait()
        caller.cancel()
        await #expect(throws: CancellationError.self) { try await caller.value }
        await ended.wait()
        let next = try await flights.value(forKey: "k") { _ in
            Flights.Answer(value: 2, isForLatecomers: true)
        }
        #expect(next == 2)
    }

    @Test func `an answer given ahead ends the waiting, and the task goes on behind it`()
        async throws
    {
        let (gate, ended) = (Latch(), Latch())
        let value = try await flights.value(forKey: "k") { flight in
            flight.seal()
            #expect(flight.isAwaited)
            #expect(flight.answerAhead(Flights.Answer(value: 1, isForLatecomers: true)))
            #expect(!flight.isAwaited)
            await gate.wait()
            ended.open()
            return Flights.Answer(value: 2, isForLatecomers: true)
        }
        #expect(value == 1)
        flights.begin(forKey: "k") { _ in
            Issue.record("there is a task already")
            return nil
        }
        async let late = flights.value(forKey: "k") { _ in nil }
        try await untilShared(1)
        gate.open()
        await ended.wait()
        #expect(try await late == 2)
    }

    @Test func `who comes when a task has found that nobody waits begins anew`() async throws {
        let (begun, gate) = (Latch(), Latch())
        flights.begin(forKey: "k") { flight in
            flight.seal()
            #expect(!flight.isAwaited)
            begun.open()
            await gate.wait()
            return nil
        }
        await begun.wait()
        async let value = flights.value(forKey: "k") { flight in
            flight.seal()
            return Flights.Answer(value: 7, isForLatecomers: false)
        }
        try await untilShared(1)
        gate.open()
        #expect(try await value == 7)
    }

    @Test func `a task that waits for another one leaves it when it is left itself`() async throws {
        let outer = Task { [flights] in
            try await flights.value(forKey: "outer") { _ in
                let value = try await flights.value(forKey: "inner") { _ in
                    // Ends when it is cancelled, and not before.
                    let never = AsyncStream<Never> { _ in }
                    for await _ in never {}
                    throw CancellationError()
                }
                return Flights.Answer(value: value, isForLatecomers: true)
            }
        }
        try await eventually("both are under way") { flights.count == 2 }
        outer.cancel()
        await #expect(throws: CancellationError.self) { try await outer.value }
        try await eventually("none is left") { flights.count == 0 }
    }
}
