/// Delta debugging.
enum Shrinking {
    /// The shortest list it can find that still fails: delta debugging.
    ///
    /// Andreas Zeller and Ralf Hildebrandt, "Simplifying and Isolating Failure-Inducing Input",
    /// 2002.
    /// A list that is not minimal after `limit` trials is good enough.
    static func shrink<Element>(
        _ list: [Element],
        limit: Int = 2_000,
        while fails: ([Element]) -> Bool
    ) -> [Element] {
        var list = list
        var parts = 2
        var trials = 0
        while list.count > 1, trials < limit {
            let length = (list.count + parts - 1) / parts
            var isShorter = false
            var start = 0
            while start < list.count, trials < limit {
                let end = min(start + length, list.count)
                let rest = Array(list[..<start] + list[end...])
                trials += 1
                if fails(rest) {
                    list = rest
                    isShorter = true
                } else {
                    start = end
                }
            }
            if length == 1, !isShorter { break }
            parts = isShorter ? max(2, min(parts, list.count)) : min(parts * 2, list.count)
        }
        return list
    }
}

extension Life {
    /// The shortest part of it that breaks the same invariant.
    func shrunken(breaking broken: Broken, without missing: Mechanism?) -> Life {
        var life = self
        life.steps.removeAll { $0.moment > broken.moment }
        life.steps = Shrinking.shrink(life.steps) { steps in
            var part = life
            part.steps = steps
            let fleet = Fleet(part, without: missing)
            fleet.run()
            return fleet.broken?.invariant == broken.invariant
        }
        return life
    }
}

extension Fleet {
    /// What broke, the fewest steps that lead to it, and what came of them.
    var report: String {
        guard let broken else { return "nothing is broken" }
        let life = life.shrunken(breaking: broken, without: missing)
        let fleet = Fleet(life, without: missing, told: true)
        fleet.run()
        return """
            \(broken)
            seed \(life.seed), \(life.regime)\(missing.map { ", without \($0)" } ?? "")
            the shortest way there has \(life.steps.count) steps:
            \(life.steps.map { "  \($0)" }.joined(separator: "\n"))
            what came of it:
            \(fleet.story.map { "  \($0)" }.joined(separator: "\n"))
              \(fleet.broken.map { "\($0)" } ?? "nothing")
            """
    }
}
