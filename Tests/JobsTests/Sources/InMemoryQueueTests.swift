import Jobs
import TestSupport
import Testing

/// What the queue does beyond the promises of every source.
@Suite(.timeLimit(.minutes(1))) struct InMemoryQueueTests {
    private func read(_ source: InMemorySource) async throws -> [String]? {
        guard let batch = try await source.nextBatch() else { return nil }
        return batch.deliveries.map { String(decoding: $0.body, as: UTF8.self) }
    }

    @Test func `a full queue makes its writers wait, and loses nothing`() async throws {
        let queue = InMemoryQueue(capacity: 3)
        let source = InMemorySource(queue, batchSize: 2)
        async let adding: Void = {
            for number in 0..<50 { #expect(await queue.add(Array("\(number)".utf8))) }
            queue.finish()
        }()
        var found: [String] = []
        while let batch = try await source.nextBatch() {
            #expect(queue.unsettledCount <= 3 + batch.deliveries.count)
            found += batch.deliveries.map { String(decoding: $0.body, as: UTF8.self) }
            let outcomes = batch.deliveries.map { _ in Outcome.done }
            try await batch.settle(outcomes)
        }
        await adding
        #expect(found == (0..<50).map(String.init))
    }

    @Test func `a job that was not added is not called added`() async {
        let queue = InMemoryQueue(capacity: 1)
        #expect(await queue.add([1]))
        let wasAdded = await withTaskGroup(of: Bool.self) { group in
            group.addTask { await queue.add([2]) }
            group.cancelAll()
            return await group.next()
        }
        #expect(wasAdded == false)
        queue.finish()
        #expect(await queue.add([3]) == false)
        #expect(queue.unsettledCount == 1)
    }

    @Test func `jobs given back come in the order they were added in`() async throws {
        let queue = InMemoryQueue()
        for number in 1...6 { await queue.add(Array("\(number)".utf8)) }
        let (first, second) = (
            InMemorySource(queue, batchSize: 2), InMemorySource(queue, batchSize: 2)
        )
        _ = try await first.nextBatch()
        _ = try await second.nextBatch()
        await first.close()
        await second.close()
        let third = InMemorySource(queue)
        #expect(try await read(third) == ["1", "2", "3", "4", "5", "6"])
    }

    @Test func `a closed source settles nothing that others got`() async throws {
        let queue = InMemoryQueue()
        await queue.add([1])
        let (first, second) = (InMemorySource(queue), InMemorySource(queue))
        guard let old = try await first.nextBatch() else {
            Issue.record("no batch")
            return
        }
        await first.close()
        guard let new = try await second.nextBatch() else {
            Issue.record("no batch")
            return
        }
        await first.close()
        var isRefused = false
        do { try await old.settle([.done]) } catch { isRefused = true }
        #expect(isRefused)
        #expect(queue.unsettledCount == 1)
        try await new.settle([.done])
        #expect(queue.unsettledCount == 0)
    }

    @Test func `stopping is heard at every moment of a read`() async throws {
        for _ in 0..<500 {
            let queue = InMemoryQueue()
            let source = InMemorySource(queue)
            async let reading = read(source)
            await source.stop()
            #expect(try await reading == nil)
        }
    }
}
