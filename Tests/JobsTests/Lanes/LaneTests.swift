import Testing

@testable import Jobs

@Suite struct LaneTests {
    private func lanes(
        concurrency: [JobKind: Int] = [:],
        rate: [JobKind: JobRate] = [:]
    ) -> [Lane] {
        Lane.all(concurrency: { concurrency[$0] ?? 8 }, rate: { rate[$0] })
    }

    private let rate = JobRate(5, per: .seconds(1))

    @Test func `invalidations and warms share a lane, cleanups and tasks have their own`() {
        #expect(lanes().map(\.name) == ["invalidate+warm", "cleanup", "task"])
        #expect(lanes().map(\.suffix) == ["", "/cleanup", "/task"])
        #expect(lanes().map(\.isBatched) == [true, false, false])
        #expect(lanes().map(\.workerCount) == [1, 8, 8])
    }

    @Test(arguments: [JobKind.invalidate, .warm])
    func `a kind with a rate or a concurrency of its own has a lane of its own`(kind: JobKind) {
        for lanes in [lanes(rate: [kind: rate]), lanes(concurrency: [kind: 2])] {
            #expect(lanes.map(\.name) == ["invalidate", "warm", "cleanup", "task"])
            #expect(lanes.map(\.suffix) == ["", "/warm", "/cleanup", "/task"])
        }
        #expect(lanes(rate: [kind: rate]).filter { $0.rate != nil }.map(\.kinds) == [[kind]])
    }

    @Test func `every kind is in one lane, whatever the limits are`() {
        let all = JobKind.allCases
        for limited in 0..<(1 << all.count) {
            let kinds = all.indices.filter { limited >> $0 & 1 == 1 }.map { all[$0] }
            let lanes = lanes(rate: Dictionary(uniqueKeysWithValues: kinds.map { ($0, rate) }))
            #expect(lanes.flatMap(\.kinds) == all)
            #expect(Set(lanes.map(\.suffix)).count == lanes.count)
        }
    }
}
