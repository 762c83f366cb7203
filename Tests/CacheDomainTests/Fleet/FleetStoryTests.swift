import Testing

/// A life can be told, and told briefly.
@Suite struct FleetStoryTests {
    @Test(arguments: Regime.all)
    func `a life is the same each time its seed is given`(regime: Regime) {
        let stories = (0..<2)
            .map { _ in
                let fleet = Fleet(Life(seed: 7, regime), told: true)
                fleet.run()
                return fleet.story
            }
        #expect(stories[0].count > 500 && stories[0] == stories[1])
    }

    @Test func `what breaks an invariant is told in the fewest steps that do`() throws {
        let life = Life(seed: 3, Regime())
        let fleet = Fleet(life, without: .fillToken)
        fleet.run()
        let broken = try #require(fleet.broken)
        let part = life.shrunken(breaking: broken, without: .fillToken)
        #expect(part.steps.count < 5)
        #expect(part == life.shrunken(breaking: broken, without: .fillToken))
        for index in part.steps.indices {
            var less = part
            less.steps.remove(at: index)
            let other = Fleet(less, without: .fillToken)
            other.run()
            #expect(other.broken?.invariant != broken.invariant, "\(part.steps[index])")
        }
        for step in part.steps { #expect(fleet.report.contains("\(step)")) }
    }

    @Test(arguments: [[], [0], [99], [17, 63], [0, 1, 2, 50, 98, 99]])
    func `shrinking leaves what the failure needs, and nothing else`(needed: [Int]) {
        let shrunken = Shrinking.shrink(Array(0..<100)) { list in needed.allSatisfy(list.contains) }
        #expect(shrunken == needed)
    }
}
