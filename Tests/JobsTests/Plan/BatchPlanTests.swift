import Testing

@testable import Jobs

@Suite struct BatchPlanTests {
    private func removing(
        _ keys: String...,
        tags: [String] = [],
        patterns: [String] = [],
        namespaces: [String] = []
    ) -> Job {
        .invalidate(
            Invalidation(keys: keys, tags: tags, patterns: patterns, namespaces: namespaces)
        )
    }

    private func warming(
        _ key: String,
        _ value: String,
        tags: [String] = [],
        ifAbsent: Bool = false
    ) -> Job {
        .warm(Warming(entries: [entry(key, value, tags: tags)], ifAbsent: ifAbsent))
    }

    private func entry(_ key: String, _ value: String, tags: [String] = []) -> WarmEntry {
        WarmEntry(key: key, value: Array(value.utf8), timeToLive: .seconds(60), tags: tags)
    }

    private func removed(_ keys: String...) -> BatchPlan.Work {
        .invalidate(BatchPlan.Removal(keys: keys))
    }

    private func written(_ entries: WarmEntry...) -> BatchPlan.Work {
        .warm(entries.map { BatchPlan.Write(entry: $0, ifAbsent: false) })
    }

    private func step(_ work: BatchPlan.Work, _ jobs: Int...) -> BatchPlan.Step {
        BatchPlan.Step(work: work, jobs: jobs)
    }

    @Test func `an ordinary batch is one removal and one write`() {
        let plan = BatchPlan([
            removing("a"), warming("x", "1"), removing("b", "a"), nil, warming("y", "2"),
            removing("c"),
        ])
        #expect(
            plan.steps == [
                step(removed("a", "b", "c"), 0, 2, 5),
                step(written(entry("x", "1"), entry("y", "2")), 1, 4),
            ]
        )
    }

    @Test func `nothing to do is no step`() {
        #expect(BatchPlan([]).steps == [])
        #expect(BatchPlan([nil, nil]).steps == [])
    }

    @Test func `a removal of a written key stays behind the write`() {
        let plan = BatchPlan([warming("k", "1"), removing("k"), warming("k", "2")])
        #expect(
            plan.steps == [
                step(written(entry("k", "1")), 0), step(removed("k"), 1),
                step(written(entry("k", "2")), 2),
            ]
        )
    }

    @Test func `so does a removal by tag, by a pattern that matches, or by the namespace`() {
        let behind = [
            removing(tags: ["any"]), removing(patterns: ["ns:?"]), removing(namespaces: ["ns"]),
        ]
        for job in behind {
            let plan = BatchPlan([warming("ns:1", "1"), job])
            #expect(plan.steps.map(\.jobs) == [[0], [1]])
        }
        let inFront = [removing(patterns: ["ns:??"]), removing(namespaces: ["n"])]
        for job in inFront {
            let plan = BatchPlan([warming("ns:1", "1"), job])
            #expect(plan.steps.map(\.jobs) == [[1], [0]])
        }
    }

    @Test func `of two writes of a key the last wins, and the tags of both stay`() {
        let plan = BatchPlan([
            warming("k", "1", tags: ["a", "b"]), warming("other", "x"),
            warming("k", "2", tags: ["b", "c"]),
        ])
        let expected = written(entry("k", "2", tags: ["b", "c", "a"]), entry("other", "x"))
        #expect(plan.steps == [step(expected, 0, 1, 2)])
    }

    @Test func `a write that gives way gives way to one before it, and loses to one behind it`() {
        var plan = BatchPlan([warming("k", "1"), warming("k", "2", ifAbsent: true)])
        #expect(plan.steps == [step(written(entry("k", "1")), 0, 1)])
        plan = BatchPlan([warming("k", "1", ifAbsent: true), warming("k", "2")])
        #expect(plan.steps == [step(written(entry("k", "2")), 0, 1)])
        plan = BatchPlan([warming("k", "1", ifAbsent: true), warming("k", "2", ifAbsent: true)])
        let first = BatchPlan.Write(entry: entry("k", "1"), ifAbsent: true)
        #expect(plan.steps == [step(.warm([first]), 0, 1)])
    }

    @Test func `a write that gives way lends no tags to the one that replaces it`() {
        let plan = BatchPlan([
            warming("k", "1", tags: ["a"], ifAbsent: true), warming("k", "2", tags: ["b"]),
        ])
        #expect(plan.steps.map(\.jobs) == [[0], [1]])
        let same = BatchPlan([
            warming("k", "1", tags: ["a"], ifAbsent: true), warming("k", "2", tags: ["a"]),
        ])
        #expect(same.steps.map(\.jobs) == [[0, 1]])
    }

    @Test func `a namespace swallows its keys and no others`() {
        let plan = BatchPlan([removing("ns:1", "nsx:1", "ns"), removing(namespaces: ["ns"])])
        let removal = BatchPlan.Removal(keys: ["nsx:1", "ns"], namespaces: ["ns"])
        #expect(plan.steps == [step(.invalidate(removal), 0, 1)])
    }

    @Test func `keys of equal characters and different bytes are different keys`() {
        let plan = BatchPlan([removing("caf\u{E9}"), removing("cafe\u{301}")])
        guard case .invalidate(let removal) = plan.steps.first?.work else {
            Issue.record("no removal")
            return
        }
        #expect(removal.keys.map { Array($0.utf8).count } == [5, 6])
    }

    @Test func `nothing moves across a load, a cleanup or a task`() {
        let loading = Loading(loader: "users", keys: ["k"])
        let barriers: [(Job, BatchPlan.Work)] = [
            (.cleanup(Cleanup(task: "t")), .cleanup(Cleanup(task: "t"))),
            (.task(TaskCall(name: "t")), .task(TaskCall(name: "t"))),
            (.warm(Warming(loading: loading)), .load(loading, ifAbsent: false)),
        ]
        for (job, work) in barriers {
            let plan = BatchPlan([removing("a"), job, removing("b")])
            #expect(
                plan.steps == [step(removed("a"), 0), step(work, 1), step(removed("b"), 2)]
            )
        }
    }

    @Test func `a warming with entries and a loader is two steps of one job`() {
        let loading = Loading(loader: "users", keys: ["k"])
        let warming = Warming(entries: [entry("a", "1")], loading: loading, ifAbsent: true)
        let write = BatchPlan.Write(entry: entry("a", "1"), ifAbsent: true)
        #expect(
            BatchPlan([.warm(warming)]).steps == [
                step(.warm([write]), 0), step(.load(loading, ifAbsent: true), 0),
            ]
        )
    }
}
