import Telemetry
import TestSupport

@testable import Jobs

/// What lies between a process and the server, and where processes die.
extension BeatLife {
    /// One request: `operation` on the server, its answer to the process, nil when there is none.
    func ask<Answer>(
        _ pod: SimulatedPod,
        _ operation: @escaping (WallTime) throws -> Answer,
        then: @escaping (Answer?) throws -> Void
    ) {
        let (life, connection) = (pod.life, connection)
        let loss = pod.losses.popLast()
        let isSlow = random.oneIn(50)
        later(isSlow ? 100...800 : 1...20) {
            guard self.isUp, self.connection == connection, loss != .request else {
                pod.wellSince = self.moment
                return self.later(100...1_000) { try self.reply(pod, life) { try then(nil) } }
            }
            self.schedule.keep(self.idleNodes, at: self.serverNow)
            let now = self.missing == .serverClock ? self.wallClock(of: pod) : self.serverNow
            var answer = try operation(now)
            if loss == .twice { answer = try operation(now) }
            if loss != nil { pod.wellSince = self.moment }
            self.later(1...20) {
                try self.reply(pod, life) { try then(loss == .answer ? nil : answer) }
            }
        }
    }

    /// Something reaches a process, unless it has died; one that stands still gets it later.
    private func reply(_ pod: SimulatedPod, _ life: Int, _ then: @escaping () throws -> Void) throws
    {
        guard pod.isAlive, pod.life == life else { return }
        guard pod.frozenUntil <= moment else {
            return at(pod.frozenUntil) { try self.reply(pod, life, then) }
        }
        try then()
    }

    /// A process comes to a step, where it may die or stand still.
    func reach(
        _ step: SimulatedPod.Step,
        _ pod: SimulatedPod,
        _ then: @escaping () throws -> Void
    ) {
        let life = pod.life
        switch pod.doom.removeValue(forKey: step) {
        case .crash(let back): kill(pod, back: back)
        case .freeze(let pause):
            note("\(pod.node) stands still at \(step) for \(pause) ms")
            let until = min(moment + min(pause, 43_200_000), shape.faultsEnd)
            pod.frozenUntil = max(moment, until)
            pod.isIdle = false
            pod.wellSince = pod.frozenUntil
        case .meets(let edit):
            note("\(pod.node) is at \(step): \(edit)")
            at(moment) { try self.apply(edit) }
        case nil: break
        }
        // Now, but behind what is under way.
        at(moment) { try self.reply(pod, life, then) }
    }

    func kill(_ pod: SimulatedPod, back: Int) {
        guard pod.isAlive else { return }
        note("\(pod.node) dies")
        pod.die()
        at(min(moment + back, shape.faultsEnd)) { self.start(pod) }
    }

    /// Those whose looks are left out.
    private var idleNodes: [String] {
        pods.filter { $0.isAlive && $0.isIdle && $0.frozenUntil <= moment }.map(\.node)
    }

    // MARK: Workers

    /// All jobs of the stream get a worker each, which may come too late.
    func takeJobs() {
        for job in schedule.state.stream {
            later(random.oneIn(20) ? 3_000...30_000 : 5...2_000) {
                guard self.isUp else { return }
                guard let event = self.schedule.takeJob(job.number) else { return }
                let id = event.id ?? ""
                guard self.arrivals[id, default: 0] <= self.schedule.forgotten[id, default: 0]
                else {
                    throw BeatViolation(.delivery, "\(id) arrives again, and nobody forgot it")
                }
                try self.arrive(OutgoingEvent(id: id, event: event.encoded()))
            }
        }
    }

    /// An event has come to a worker.
    func arrive(_ outgoing: OutgoingEvent) throws {
        var decoder = EventDecoder()
        let event = try decoder.decode(outgoing.event[...])
        arrivals[outgoing.id, default: 0] += 1
        if arrivals[outgoing.id, default: 0] > 1 { count { $0.again += 1 } }
        ids[event.firing, default: []].insert(outgoing.id)
        guard ids[event.firing]?.count == 1 else {
            throw BeatViolation(.identity, "\(event.firing) has the ids \(ids[event.firing] ?? [])")
        }
        guard let firing = FiringIdentity(eventID: outgoing.id) else { return }
        work(firing)
    }

    /// A worker does it, takes its time, and may never tell.
    private func work(_ firing: FiringIdentity) {
        let period = shape.period * 1_000
        let time = random.oneIn(3) ? 1...2 * period : 10...2_000
        if random.oneIn(6) { return }
        if random.oneIn(5) {
            tell(RunReport(firing: firing, outcome: "retry", isFinal: false), 1...50)
        }
        let outcome = random.oneIn(6) ? "dead-letter" : "done"
        tell(RunReport(firing: firing, outcome: outcome, isFinal: true), time)
    }

    private func tell(_ report: RunReport, _ delay: ClosedRange<Int>) {
        later(delay) {
            guard self.isUp else { return self.tell(report, 100...5_000) }
            self.schedule.keep(self.idleNodes, at: self.serverNow)
            try self.schedule.report(report, at: self.serverNow)
            self.note("\(report.firing.eventID) is \(report.outcome)")
            self.takeJobs()
        }
    }
}
