import Testing

/// Every order of events around the lease of a load: one process loads but where a lease has run
/// out, and what was read before a change is not filled in behind its invalidation.
@Suite struct LeaseExplorationTests {
    private struct Report {
        var stateCount = 0
        var moves: Set<String> = []
        var breach: String?
        var path: [LeaseWorld.Move] = []
    }

    /// Breadth first, so that the first way to a violation is a shortest one.
    private func explored(
        _ invalidation: LeaseWorld.Invalidation,
        without missing: LeaseWorld.Omission? = nil
    ) async -> Report {
        let first = LeaseWorld(invalidation, without: missing)
        var report = Report()
        var known: Set<LeaseWorld> = [first]
        var level: [(world: LeaseWorld, path: [LeaseWorld.Move])] = [(first, [])]
        while !level.isEmpty {
            var next: [(world: LeaseWorld, path: [LeaseWorld.Move])] = []
            for (world, path) in level {
                for move in world.moves {
                    var child = world
                    child.take(move)
                    report.moves.insert("\(move)".prefix { $0 != "(" }.description)
                    if let breach = child.breach {
                        report.breach = breach
                        report.path = path + [move]
                        return report
                    }
                    if known.insert(child).inserted { next.append((child, path + [move])) }
                }
            }
            await Task.yield()
            level = next
        }
        report.stateCount = known.count
        return report
    }

    @Test(arguments: LeaseWorld.Invalidation.allCases)
    func `one process loads, and nothing old is filled in`(
        invalidation: LeaseWorld.Invalidation
    ) async {
        let report = await explored(invalidation)
        print("explored leases, invalidated by \(invalidation): \(report.stateCount) states")
        #expect(report.breach == nil, "\(report.path)")
        #expect(report.stateCount > 1_000)
        #expect(report.moves.count == 9)
    }

    @Test(arguments: LeaseWorld.Omission.allCases, LeaseWorld.Invalidation.allCases)
    func `without a part of the lease that is broken, by a shortest way`(
        missing: LeaseWorld.Omission,
        invalidation: LeaseWorld.Invalidation
    ) async {
        let report = await explored(invalidation, without: missing)
        #expect(report.breach != nil)
        print("leases without \(missing), by \(invalidation): \(report.path.count) moves")
    }
}
