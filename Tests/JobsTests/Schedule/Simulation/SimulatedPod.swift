import Codecs
import Telemetry

@testable import Jobs

/// One process: the decisions of the program, and a clock that is wrong.
final class SimulatedPod {
    /// Where a process can be when it dies, or stands still.
    enum Step: CaseIterable {
        case installing
        case looking
        case claiming
        case claimed
        case taking
        case publishing
        case marking
    }

    /// What becomes of a request.
    enum Loss: CaseIterable {
        case request
        case answer
        case twice
    }

    let index: Int
    /// Counts lives: what an earlier one has begun goes nowhere.
    private(set) var life = 0
    private(set) var isAlive = false
    private(set) var state = BeatState(node: "", entries: [])
    private(set) var planner: ClaimPlanner
    private(set) var skewMeter = ClockSkew()
    /// How far its wall clock is from the true time, in milliseconds.
    var skew: Int
    /// Since when it has been well, in true time.
    var wellSince = 0
    /// When its clock was put.
    var clockPutAt = 0
    /// How often it has looked since its clock or the server's was put.
    var lookCount = 0
    var frozenUntil = 0
    var isIdle = false
    var isPublishing = false
    /// What is to happen at a step.
    var doom: [Step: SimulatedDisturbance.Fate] = [:]
    var losses: [Loss] = []

    init(_ index: Int, skew: Int) {
        self.index = index
        self.skew = skew
        planner = ClaimPlanner(SystemZoneSource())
    }

    var node: String { "pod\(index).\(life)" }

    func start(_ entries: [InstalledEntry], at moment: Int) {
        life += 1
        isAlive = true
        state = BeatState(node: node, entries: entries)
        planner = ClaimPlanner(SystemZoneSource())
        skewMeter = ClockSkew()
        lookCount = 0
        (isIdle, isPublishing) = (false, false)
        (wellSince, clockPutAt, frozenUntil) = (moment, moment, moment)
    }

    func die() {
        isAlive = false
        life += 1
        losses = []
    }

    func withState<Result>(_ body: (inout BeatState) -> Result) -> Result { body(&state) }

    func plan(_ sight: ScheduleSight) -> ClaimPlanner.Plan { planner.plan(sight) }

    func measured(sent: WallTime, answered: WallTime, server: WallTime) {
        _ = skewMeter.measured(sent: sent, answered: answered, server: server)
    }
}

/// The zones of this machine for entries.
struct SystemZoneSource: ZoneSource {
    func zone(named name: String) throws(ZoneError) -> ZoneRules {
        do {
            return try SystemZones.zone(name)
        } catch {
            throw ZoneError(name, "\(error)")
        }
    }
}
