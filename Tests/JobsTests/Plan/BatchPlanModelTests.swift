import Codecs
import Jobs
import TestSupport
import Testing

/// Random batches; a failure names the seed that repeats it.
@Suite struct BatchPlanModelTests {
    private static let keys = ["a:1", "a:2", "b:1", "ab", "caf\u{E9}", "cafe\u{301}"]
    private static let tags = ["t", "u", "v"]
    private static let patterns = ["a:*", "*", "?b", "caf?", "none*"]
    private static let namespaces = ["a", "b", "none"]

    @Test(arguments: 0..<10 as Range<UInt64>)
    func `a plan leaves the cache as its jobs would, one after the other`(part: UInt64) {
        for seed in part * 500..<(part + 1) * 500 {
            var random = SeededGenerator(seed: seed)
            let before = (0..<Int.random(in: 0...4, using: &random))
                .map { _ in Self.warming(&random) }
            let jobs = (0..<Int.random(in: 1...12, using: &random)).map { _ in Self.job(&random) }
            var expected = PlanModel()
            for job in before + jobs.compactMap(\.self) { expected.perform(job) }
            var found = PlanModel()
            for job in before { found.perform(job) }
            let plan = BatchPlan(jobs)
            found.perform(plan)
            #expect(found == expected, "seed \(seed)")
            Self.check(plan, of: jobs, seed)
        }
    }

    /// What every plan looks like.
    private static func check(_ plan: BatchPlan, of jobs: [Job?], _ seed: UInt64) {
        let settled = Set(plan.steps.flatMap(\.jobs))
        #expect(settled == Set(jobs.indices.filter { jobs[$0] != nil }), "seed \(seed)")
        for step in plan.steps {
            #expect(step.jobs == Array(Set(step.jobs)).sorted(), "seed \(seed)")
            switch step.work {
            case .invalidate(let removal):
                let lists = [removal.keys, removal.tags, removal.patterns, removal.namespaces]
                for list in lists {
                    #expect(Set(list.map(ExactString.init)).count == list.count, "seed \(seed)")
                }
                #expect(lists.contains { !$0.isEmpty }, "seed \(seed)")
                let swallowed = removal.keys.filter { key in
                    removal.namespaces.contains { key.utf8.starts(with: "\($0):".utf8) }
                }
                #expect(swallowed.isEmpty, "seed \(seed)")
            case .warm(let writes):
                let keys = writes.map { ExactString($0.entry.key) }
                #expect(!keys.isEmpty && Set(keys).count == keys.count, "seed \(seed)")
            default:
                #expect(step.jobs.count == 1, "seed \(seed)")
            }
        }
    }

    private static func job(_ random: inout SeededGenerator) -> Job? {
        switch Int.random(in: 0..<20, using: &random) {
        case 0: nil
        case 1: .cleanup(Cleanup(task: "orphaned-tags"))
        case 2: .task(TaskCall(name: "report"))
        case 3:
            .warm(
                Warming(
                    entries: random.oneIn(2) ? [entry(&random)] : [],
                    loading: Loading(loader: "users", keys: some(keys, 1, &random)),
                    ifAbsent: random.oneIn(2)
                )
            )
        case 4..<11: warming(&random)
        default: invalidation(&random)
        }
    }

    private static func invalidation(_ random: inout SeededGenerator) -> Job {
        var invalidation = Invalidation(keys: some(keys, 1, &random))
        if random.oneIn(4) { invalidation.tags = some(tags, 1, &random) }
        if random.oneIn(6) { invalidation.patterns = some(patterns, 1, &random) }
        if random.oneIn(5) { invalidation.namespaces = some(namespaces, 1, &random) }
        if random.oneIn(4), !invalidation.tags.isEmpty { invalidation.keys = [] }
        return .invalidate(invalidation)
    }

    private static func warming(_ random: inout SeededGenerator) -> Job {
        let count = Int.random(in: 1...3, using: &random)
        let entries = (0..<count).map { _ in entry(&random) }
        return .warm(Warming(entries: entries, ifAbsent: random.oneIn(3)))
    }

    private static func entry(_ random: inout SeededGenerator) -> WarmEntry {
        WarmEntry(
            key: some(keys, 1, &random)[0],
            value: Array("\(UInt16.random(in: 0...999, using: &random))".utf8),
            timeToLive: random.oneIn(3) ? nil : .seconds(Int.random(in: 1...9, using: &random)),
            tags: some(tags, 0, &random)
        )
    }

    private static func some(
        _ names: [String],
        _ least: Int,
        _ random: inout SeededGenerator
    ) -> [String] {
        let count = Int.random(in: least...2, using: &random)
        return (0..<count).map { _ in names[Int.random(in: names.indices, using: &random)] }
    }
}
