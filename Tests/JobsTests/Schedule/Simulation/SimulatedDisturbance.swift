import TestSupport

/// Something that happens to processes, servers and entries, from outside.
struct SimulatedDisturbance: CustomStringConvertible {
    /// What becomes of a process.
    enum Fate {
        case crash(back: Int)
        case freeze(for: Int)
        /// Just then somebody changes an entry.
        case meets(Edit)
    }

    /// What people do to an entry.
    enum Edit {
        case set(entry: Int, version: Int)
        case delete(entry: Int)
        case pause(entry: Int)
        case resume(entry: Int)
    }

    enum Kind {
        case doom(pod: Int, SimulatedPod.Step, Fate)
        case putClock(pod: Int, by: Int)
        case lose(pod: Int, SimulatedPod.Loss)
        case everybodyDies(back: Int)
        case restart(for: Int)
        case failOver(lost: Int, clock: Int)
        case empty
        case putServerClock(by: Int)
        case breakBroker(for: Int)
        case edit(Edit)
        case reload(pod: Int, version: Int)
    }

    var moment: Int
    var kind: Kind

    var description: String { "\(moment) ms: \(kind)" }
}

extension SimulatedDisturbance {
    /// So many, in their order; most of them around moments that matter.
    static func some(
        _ count: Int,
        around moments: [Int],
        in life: BeatLife.Shape,
        _ random: inout SeededGenerator
    ) -> [SimulatedDisturbance] {
        (0..<count)
            .map { _ in
                var moment = Int.random(in: 1_000..<life.faultsEnd, using: &random)
                if !moments.isEmpty, !random.oneIn(3) {
                    moment = moments[Int.random(in: moments.indices, using: &random)]
                    moment += Int.random(in: -2_000...1_000, using: &random)
                }
                moment = min(max(moment, 1_000), life.faultsEnd - 1)
                return SimulatedDisturbance(moment: moment, kind: kind(in: life, &random))
            }
            .sorted { $0.moment < $1.moment }
    }

    private static func kind(
        in life: BeatLife.Shape,
        _ random: inout SeededGenerator
    ) -> Kind {
        let pod = Int.random(in: 0..<life.podCount, using: &random)
        let steps = SimulatedPod.Step.allCases
        let step = steps[Int.random(in: steps.indices, using: &random)]
        let pause = length(in: life, &random)
        switch Int.random(in: 0..<24, using: &random) {
        case 0...3: return .doom(pod: pod, step, .crash(back: pause))
        case 4...8: return .doom(pod: pod, step, .freeze(for: pause))
        case 9: return .putClock(pod: pod, by: Int.random(in: -30_000...30_000, using: &random))
        case 10, 11:
            let losses = SimulatedPod.Loss.allCases
            return .lose(pod: pod, losses[Int.random(in: losses.indices, using: &random)])
        case 12: return .everybodyDies(back: pause)
        case 13: return .restart(for: pause)
        case 14, 15:
            let clock = Int.random(in: -3_000...3_000, using: &random)
            return .failOver(lost: Int.random(in: 0...8, using: &random), clock: clock)
        case 16: return random.oneIn(2) ? .empty : .breakBroker(for: pause)
        case 17:
            return .putServerClock(by: Int.random(in: -20_000...20_000, using: &random))
        case 18, 19, 20: return .edit(edit(in: life, &random))
        case 21, 22: return .doom(pod: pod, .claiming, .meets(edit(in: life, &random)))
        default: return .reload(pod: pod, version: random.oneIn(2) ? 1 : 0)
        }
    }

    private static func edit(in life: BeatLife.Shape, _ random: inout SeededGenerator) -> Edit {
        let entry = Int.random(in: 0..<life.entryCount, using: &random)
        switch Int.random(in: 0..<6, using: &random) {
        case 0: return .delete(entry: entry)
        case 1, 2: return .pause(entry: entry)
        case 3: return .resume(entry: entry)
        default:
            let version = Int.random(in: 0..<BeatLife.versionCount, using: &random)
            return .set(entry: entry, version: version)
        }
    }

    /// Of any order of magnitude, up to some firings.
    private static func length(in life: BeatLife.Shape, _ random: inout SeededGenerator) -> Int {
        let most = random.oneIn(3) ? life.longestPause : 90_000
        var length = most
        while length > 200, random.oneIn(2) { length /= 3 }
        return Int.random(in: 50...max(51, length), using: &random)
    }
}
