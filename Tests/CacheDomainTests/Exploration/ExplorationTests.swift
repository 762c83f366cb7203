import Foundation
import Testing

@testable import CacheDomain

/// Every order of events in small scenes: what must be true holds in every state that can be
/// reached, and the check sees when one mechanism is missing.
///
/// `EXPLORE_DEPTH` widens the scenes: 2 takes minutes in a release build.
@Suite(.serialized, .timeLimit(.minutes(60))) struct ExplorationTests {
    static let depth =
        ProcessInfo.processInfo.environment["EXPLORE_DEPTH"].flatMap { Int($0) } ?? 1
    /// So many states are more than any scene of the first depth has.
    private static let stateLimit = 200_000

    private func explored(
        _ scene: Scene,
        without missing: Omission? = nil,
        seeking promise: Promise? = nil
    ) async -> Explorer.Report {
        var explorer = Explorer(stateLimit: Self.depth == 1 ? Self.stateLimit : .max)
        return await explorer.explore(World(scene, without: missing, seeking: promise))
    }

    @Test(arguments: Scene.all(depth: depth))
    func `whatever happens, nothing that must be true is broken`(scene: Scene) async {
        let clock = ContinuousClock()
        let begin = clock.now
        let report = await explored(scene)
        print(
            "explored \(scene.name): \(report.stateCount) states, \(report.transitionCount)",
            "transitions, \(report.endCount) ends, \(clock.now - begin)"
        )
        if let breach = report.breach { Issue.record("\(breach)\n\(report.story)") }
        #expect(report.isComplete)
        // A scene in which nothing can go wrong would be no proof.
        #expect(report.stateCount >= scene.floor, "\(report.stateCount) states")
        #expect(report.endCount > 0)
        #expect(report.kinds.isSuperset(of: scene.kinds))
    }

    @Test func `the check sees a position that falls, and a reader who goes back`() throws {
        var world = World(.races(depth: 1))
        let applied = try #require(world.nodes[0].reader.applied)
        let later = LogPosition(epoch: applied.epoch, sequence: applied.sequence + 1)
        world.checkProgress(0, from: later, false)
        #expect(world.breach?.promise == .progress)
        world = World(.races(depth: 1), seeking: .monotony)
        world.check()
        #expect(world.breach == nil)
        world.nodes[0].seen |= 1 << UInt64(world.write(0, isRemoval: false))
        world.check()
        #expect(world.breach?.promise == .monotony)
    }

    @Test(arguments: Ablation.all)
    func `without a mechanism the exploration finds what is broken, by a shortest way`(
        ablation: Ablation
    ) async {
        let report = await explored(
            ablation.scene,
            without: ablation.missing,
            seeking: ablation.promise
        )
        #expect(report.breach?.promise == ablation.promise)
        print("without \(ablation): \(report.stateCount) states, \(report.path.count) moves")
        #expect(!report.path.isEmpty)
    }
}
