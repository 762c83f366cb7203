import Testing

@testable import Jobs

/// Looks of five seconds at a time-out of thirty.
@Suite struct StallDetectorTests {
    private var detector = StallDetector(timeout: .seconds(30))
    private var now = ContinuousClock.now

    private static func flow(
        _ jobs: UInt64,
        hasWork: Bool = true,
        hasCredit: Bool = true,
        generation: UInt64 = 1,
        queue: String = "warm"
    ) -> JobFlow {
        JobFlow(
            queue: queue,
            hasWork: hasWork,
            hasCredit: hasCredit,
            progress: JobFlow.Progress(generation: generation, jobs: jobs)
        )
    }

    /// Looks `count` times; what the looks came to.
    private mutating func look(
        _ count: Int = 1,
        after interval: Duration = .seconds(5),
        _ flows: JobFlow...
    ) -> [StallDetector.Finding] {
        (0..<count)
            .map { _ in
                now += interval
                return detector.look(flows, at: now)
            }
    }

    private func actions(_ findings: [StallDetector.Finding]) -> [StallAction] {
        findings.flatMap(\.stalls).map(\.action)
    }

    @Test mutating func `no job for the whole time-out, with work and credit, is a stall`() {
        #expect(actions(look(6, Self.flow(7))).isEmpty)
        let stall = StallDetector.Stall(queue: "warm", action: .consumer)
        #expect(look(1, Self.flow(7)) == [StallDetector.Finding(stalls: [stall])])
    }

    @Test mutating func `each further stall without a job does more, up to the exit`() {
        #expect(actions(look(7, Self.flow(7))) == [.consumer])
        #expect(actions(look(7, Self.flow(0, generation: 2))) == [.connection])
        #expect(actions(look(7, Self.flow(0, generation: 3))) == [.exit])
    }

    @Test mutating func `a job that comes makes the next stall a first one, and is told once`() {
        #expect(actions(look(7, Self.flow(7))) == [.consumer])
        let found = look(3, Self.flow(1, generation: 2))
        #expect(found.map(\.recovered) == [["warm"], [], []])
        #expect(actions(look(6, Self.flow(1, generation: 2))) == [.consumer])
    }

    @Test mutating func `a stall that others have ended is over, but not forgotten`() {
        #expect(actions(look(7, Self.flow(7))) == [.consumer])
        let empty = look(50, Self.flow(0, hasWork: false, generation: 2))
        #expect(empty.flatMap(\.recovered) == ["warm"])
        #expect(actions(look(7, Self.flow(0, generation: 2))) == [.connection])
    }

    @Test mutating func `one look that sees no work, no credit, or a job begins the time anew`() {
        let others: [(UInt64) -> JobFlow] = [
            { Self.flow($0, hasWork: false) }, { Self.flow($0, hasCredit: false) },
            { Self.flow($0 + 1) },
        ]
        for other in others {
            var jobs = UInt64(7)
            for _ in 0..<20 {
                #expect(actions(look(5, Self.flow(jobs))).isEmpty)
                #expect(actions(look(1, other(jobs))).isEmpty)
                jobs = other(jobs).progress.jobs
            }
        }
    }

    @Test mutating func `a look that cannot be made begins the time anew`() {
        for _ in 0..<20 {
            #expect(actions(look(6, Self.flow(7))).isEmpty)
            #expect(look() == [StallDetector.Finding()])
        }
    }

    @Test mutating func `time in which nobody looked does not count`() {
        // As when the process, or the server that was asked, was stopped for an hour.
        #expect(actions(look(6, Self.flow(7))).isEmpty)
        #expect(actions(look(1, after: .seconds(3_600), Self.flow(7))).isEmpty)
        #expect(actions(look(5, Self.flow(7))).isEmpty)
        #expect(actions(look(1, Self.flow(7))) == [.consumer])
    }

    @Test mutating func `queues stall each on their own`() {
        let stalled = Self.flow(7)
        for jobs in 0..<7 {
            let found = look(1, stalled, Self.flow(UInt64(jobs), queue: "task"))
            #expect(actions(found) == (jobs == 6 ? [.consumer] : []))
        }
    }

    @Test mutating func `a new connection for one queue is a new beginning for the others`() {
        _ = look(7, Self.flow(7))
        _ = look(3, Self.flow(7))
        let late = Self.flow(7, queue: "task")
        let found = look(4, Self.flow(7), late)
        #expect(actions(found) == [.connection])
        #expect(actions(look(6, late)).isEmpty)
        #expect(actions(look(1, late)) == [.consumer])
    }

    @Test mutating func `a new consumer that nothing was given is no progress`() {
        var found: [StallDetector.Finding] = []
        for generation in 0..<7 {
            found += look(1, Self.flow(0, generation: UInt64(generation)))
        }
        #expect(actions(found) == [.consumer])
    }

    @Test func `what is done is always more than before`() {
        #expect(StallAction.allCases == StallAction.allCases.sorted())
        #expect(StallAction.allCases.map(\.next) == [.connection, .exit, .exit])
    }
}
