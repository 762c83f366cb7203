import Codecs
import TestSupport
import Testing

@testable import Jobs

/// Jobs that did not arrive in their order.
@Suite struct StampedPlanTests {
    private func at(_ number: Int, _ producer: String = "a") -> OrderStamp? {
        OrderStamp(producer: producer, milliseconds: Int64(number), nanoseconds: 0)
    }

    private func removing(_ keys: String..., namespaces: [String] = []) -> Job {
        .invalidate(Invalidation(keys: keys, namespaces: namespaces))
    }

    private func warming(_ key: String, _ value: String) -> Job {
        .warm(Warming(entries: [WarmEntry(key: key, value: Array(value.utf8))]))
    }

    private func keys(_ plan: BatchPlan) -> [[String]] {
        plan.steps.map { $0.work.removedKeys + $0.work.writtenKeys.map { "+" + $0 } }
    }

    @Test func `an older write that arrives behind a removal is planned before it`() {
        let jobs = [removing("k"), warming("k", "old")]
        #expect(keys(BatchPlan(jobs, stamps: [at(2), at(1)])) == [["+k"], ["k"]])
        #expect(keys(BatchPlan(jobs, stamps: [at(1), at(2)])) == [["k"], ["+k"]])
        #expect(keys(BatchPlan(jobs, stamps: [at(2), nil])) == [["k"], ["+k"]])
        #expect(keys(BatchPlan(jobs, stamps: [at(2), at(1, "b")])) == [["k"], ["+k"]])
    }

    @Test func `of two writes of a key the later one wins, with its stamp`() {
        let jobs = [warming("k", "new"), warming("k", "old")]
        let plan = BatchPlan(jobs, stamps: [at(2), at(1)])
        guard case .warm(let writes)? = plan.steps.first?.work else {
            Issue.record("no write")
            return
        }
        #expect(writes.map(\.entry.value) == [Array("new".utf8)])
        #expect(writes.map(\.stamp) == [at(2)])
        #expect(plan.steps.first?.jobs == [1, 0])
    }

    @Test func `writes of a key with stamps of two clocks stay two`() {
        let plan = BatchPlan([warming("k", "1"), warming("k", "2")], stamps: [at(1), at(2, "b")])
        #expect(keys(plan) == [["+k"], ["+k"]])
    }

    @Test func `a key keeps the latest stamp it is removed with, for each clock`() {
        let jobs = (0..<5).map { _ in removing("k", "l") }
        let plan = BatchPlan(jobs, stamps: [at(1), at(3), at(2, "b"), at(5), nil])
        guard case .invalidate(let removal)? = plan.steps.first?.work else {
            Issue.record("no removal")
            return
        }
        let found = Set(zip(removal.keys, removal.stamps.keys).map { "\($0) \($1?.entryID ?? "")" })
        #expect(found.isSuperset(of: ["k 5-0", "l 5-0", "k 2-0", "l 2-0", "k ", "l "]))
        #expect(plan.steps.count == 1)
    }

    @Test func `a namespace swallows only keys that are asked for no later than it is`() {
        let jobs = [removing("n:1"), removing(namespaces: ["n"]), removing("n:2")]
        let plan = BatchPlan(jobs, stamps: [at(1), at(2), at(3)])
        #expect(keys(plan) == [["n:2"]])
    }

    @Test(arguments: 0..<400 as Range<UInt64>)
    func `a plan leaves the cache as its jobs would in the order of their stamps`(seed: UInt64) {
        var random = SeededGenerator(seed: seed)
        let names = ["a:1", "a:2", "b:1"]
        let jobs: [Job] = (0..<10)
            .map { number in
                let key = names[Int.random(in: names.indices, using: &random)]
                return switch Int.random(in: 0..<5, using: &random) {
                case 0: removing(key, namespaces: ["a"])
                case 1, 2: removing(key)
                default: warming(key, "\(number)")
                }
            }
        let arrival = Array(jobs.indices).shuffled(using: &random)
        var expected = PlanModel()
        for job in jobs { expected.perform(job) }
        var found = PlanModel()
        found.perform(BatchPlan(arrival.map { jobs[$0] }, stamps: arrival.map { at($0) }))
        #expect(found == expected)
    }
}
