import Telemetry
import TestSupport

@testable import Jobs

/// Some processes that beat at one schedule, for minutes or for a year of simulated time, while
/// everything goes wrong that may.
///
/// All that happens follows from the seed and from the list of disturbances, so that a list can be
/// made shorter. The decisions are those of the program: `BeatState`, `ClaimPlanner`,
/// `ScheduleEntry.claim` and the rules of `ScheduleBook`; processes, network, servers and clocks
/// are made up. Rounds in which nothing can be due are left out.
final class BeatLife {
    /// A schedule may be so late while all is well, in milliseconds: a pause, and some requests.
    static let tolerance = 5_000

    let seed: UInt64
    let shape: Shape
    let missing: BeatMechanism?
    let disturbances: [SimulatedDisturbance]
    let base: WallTime
    let definitions: [[ScheduleEntry]]
    private(set) var violation: BeatViolation?
    private(set) var trace: [String] = []
    private(set) var moment = 0
    private var agenda = Agenda()
    let isTraced: Bool

    var random: SeededGenerator
    let pods: [SimulatedPod]
    var schedule: SimulatedSchedule
    /// Which file each process has.
    var files: [Int]
    var isUp = true
    /// Counts connections: those of a server that is gone end.
    var connection = 0
    var isBrokerUp = true
    /// Since when the server has been well, and its clock has not been put.
    var wellSince = 0

    /// What has arrived at the workers: how often each event, and in which form.
    var arrivals: [String: Int] = [:]
    /// The ids of each firing.
    var ids: [String: Set<String>] = [:]
    private(set) var tally = Tally()

    /// What a life has tried.
    struct Tally {
        var fired = 0
        var caughtUp = 0
        var missed = 0
        var skipped = 0
        var refused = 0
        var published = 0
        var again = 0
        var seconds = 0
    }

    /// A life; other disturbances than those of its seed, if they are given.
    init(
        seed: UInt64,
        without missing: BeatMechanism? = nil,
        disturbances given: [SimulatedDisturbance]? = nil,
        traced: Bool = false
    ) throws {
        self.seed = seed
        self.missing = missing
        isTraced = traced
        var random = SeededGenerator(seed: seed)
        let shape = Shape(&random)
        self.shape = shape
        let day = Int64.random(in: 19_700...21_500, using: &random)
        let base = WallTime(
            milliseconds: day * 86_400_000 + Int64.random(in: 0..<86_400_000, using: &random)
        )
        self.base = base
        definitions = try (0..<shape.entryCount)
            .map { try Self.definitions(of: $0, in: shape, from: base, &random) }
        let moments = Self.moments(of: definitions, in: shape, from: base)
        let count = Int.random(in: 0...30, using: &random)
        let own = SimulatedDisturbance.some(count, around: moments, in: shape, &random)
        disturbances = given ?? own
        pods = (0..<shape.podCount)
            .map { SimulatedPod($0, skew: Int.random(in: -30_000...30_000, using: &random)) }
        files = pods.map { _ in 0 }
        schedule = SimulatedSchedule(without: missing)
        schedule.skew = Int.random(in: -30_000...30_000, using: &random)
        self.random = random
    }

    /// Some instants of the entries, in milliseconds from the beginning.
    private static func moments(
        of definitions: [[ScheduleEntry]],
        in shape: Shape,
        from base: WallTime
    ) -> [Int] {
        definitions.flatMap { versions in
            var (moments, instant): ([Int], WallTime) = ([], base)
            while moments.count < 40, let next = versions[0].next(after: instant) {
                moments.append(Int(next.milliseconds - base.milliseconds))
                instant = next
            }
            return moments.filter { $0 < shape.faultsEnd }
        }
    }

    /// Lives until the end, or the first violation.
    func run() {
        for pod in pods { later(0...2_000) { self.start(pod) } }
        for entry in definitions.indices where !isInFile(entry) {
            at(500 + entry) { try self.set(entry, 0) }
        }
        for disturbance in disturbances {
            at(disturbance.moment) { try self.apply(disturbance) }
        }
        at(shape.faultsEnd) { self.mend() }
        do {
            while let (moment, event) = agenda.next(), moment <= shape.end {
                self.moment = moment
                try event()
            }
            moment = shape.end
            try checkEnd()
        } catch let error as BeatViolation {
            violation = error
            note("\(error)")
        } catch {
            preconditionFailure("a step has failed: \(error)")
        }
        tally.seconds = moment / 1_000
    }

    /// Entries with even numbers are in the files, the others were made at run time.
    func isInFile(_ entry: Int) -> Bool { entry % 2 == 0 }

    // MARK: Time

    var serverNow: WallTime { base + .milliseconds(moment + schedule.skew) }

    func wallClock(of pod: SimulatedPod) -> WallTime { base + .milliseconds(moment + pod.skew) }

    func at(_ moment: Int, _ event: @escaping () throws -> Void) {
        agenda.add(at: max(moment, self.moment), event)
    }

    func later(_ delay: ClosedRange<Int>, _ event: @escaping () throws -> Void) {
        at(moment + Int.random(in: delay, using: &random), event)
    }

    func note(_ text: @autoclosure () -> String) {
        if isTraced { trace.append("\(moment) ms (\(serverNow.text)): \(text())") }
    }

    func count(_ body: (inout Tally) -> Void) { body(&tally) }

    // MARK: The end

    /// All faults are over.
    private func mend() {
        note("all is well from now on")
        if !isUp { comeBack() }
        isBrokerUp = true
        for pod in pods {
            pod.doom = [:]
            pod.losses = []
            if !pod.isAlive { start(pod) }
        }
    }

    private func checkEnd() throws {
        try checkLag(serverNow)
        let recent = serverNow - .seconds(120)
        for job in schedule.state.stream where job.since < recent {
            throw BeatViolation(.delivery, "\(job.event.id ?? "") has never arrived")
        }
        for (name, entry) in schedule.state.ledger.entries.sorted(by: { $0.key < $1.key }) {
            for run in entry.runs where run.fate == .enqueued && run.firedAt < recent {
                let firing = FiringIdentity(entry: name, instant: run.instant).text
                guard ids[firing] != nil else {
                    throw BeatViolation(.delivery, "\(firing) was enqueued and never arrived")
                }
            }
        }
    }

    /// Nothing that was due by then is undecided.
    func checkLag(_ now: WallTime) throws {
        let due = now - .milliseconds(Self.tolerance)
        for (name, entry) in schedule.state.ledger.entries where entry.isActive {
            guard let next = entry.definition.next(after: entry.place), next <= due else {
                continue
            }
            throw BeatViolation(.missed, "\(name) has not fired \(next.text) by \(now.text)")
        }
    }
}
