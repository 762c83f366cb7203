import Synchronization
import TestSupport
import Testing

@testable import Jobs

@Suite(.timeLimit(.minutes(1))) final class HandoffTests: Sendable {
    private let handoff = Handoff<Int>()
    private let given = Atomic(0)

    @Test func `values are taken in the order they were given, each once`() async {
        async let taken = takeAll()
        for number in 0..<1000 { await handoff.give(number) }
        handoff.finish()
        #expect(await taken == Array(0..<1000))
    }

    @Test func `the giver is never more than one value ahead`() async {
        async let giving: Void = giveAll(200)
        var last = 0
        while let number = await handoff.take() {
            // The next may lie there already, the one after it may not.
            #expect(given.load(ordering: .relaxed) <= number + 1)
            #expect(number == last + 1)
            last = number
        }
        await giving
        #expect(last == 200)
    }

    @Test func `one that holds more lets the giver go ahead so far`() async {
        let line = Handoff<Int>(capacity: 3)
        for number in 0..<3 { await line.give(number) }
        async let fourth: Void = line.give(3)
        for number in 0..<4 { #expect(await line.take() == number) }
        await fourth
        line.finish()
        #expect(await line.take() == nil)
    }

    @Test func `what was given before the end is taken after it`() async {
        await handoff.give(1)
        handoff.finish()
        #expect(await handoff.take() == 1)
        #expect(await handoff.take() == nil)
        #expect(await handoff.take() == nil)
    }

    @Test func `what is given after the end is dropped, and finishing twice is fine`() async {
        handoff.finish()
        handoff.finish()
        await handoff.give(1)
        #expect(await handoff.take() == nil)
    }

    @Test func `the end lets a waiting taker go`() async {
        async let taken = handoff.take()
        handoff.finish()
        #expect(await taken == nil)
    }

    @Test func `the end lets a waiting giver go, without its value`() async {
        await handoff.give(1)
        async let giving: Void = handoff.give(2)
        handoff.finish()
        await giving
        #expect(await handoff.take() == 1)
        #expect(await handoff.take() == nil)
    }

    @Test func `a taker that is cancelled and finishes meets another one who does`() async {
        for _ in 0..<2000 {
            let handoff = Handoff<Int>()
            let taker = Task {
                await withTaskCancellationHandler {
                    await handoff.take()
                } onCancel: {
                    handoff.finish()
                }
            }
            async let finished: Void = handoff.finish()
            taker.cancel()
            await finished
            #expect(await taker.value == nil)
        }
    }

    private func giveAll(_ count: Int) async {
        for number in 1...count {
            await handoff.give(number)
            given.store(number, ordering: .relaxed)
        }
        handoff.finish()
    }

    private func takeAll() async -> [Int] {
        var taken: [Int] = []
        while let number = await handoff.take() { taken.append(number) }
        return taken
    }
}
