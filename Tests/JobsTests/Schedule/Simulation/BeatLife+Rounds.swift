import Telemetry

@testable import Jobs

/// The rounds of a beat, step by step.
extension BeatLife {
    func start(_ pod: SimulatedPod) {
        guard !pod.isAlive else { return }
        pod.start(entries(inFile: files[pod.index]), at: moment)
        note("\(pod.node) starts")
        round(pod)
    }

    /// Of the second file one entry is missing, and the others have other definitions.
    func entries(inFile file: Int) -> [InstalledEntry] {
        definitions.indices.filter { isInFile($0) && (file == 0 || $0 != 0) }
            .map { InstalledEntry(definitions[$0][file == 0 ? 0 : 1 + $0 / 2 % 2]) }
    }

    private func instant() -> ContinuousClock.Instant { Self.start + .milliseconds(moment) }
    private static let start = ContinuousClock.now

    // MARK: A round

    private func round(_ pod: SimulatedPod) {
        pod.isIdle = false
        reach(.installing, pod) {
            guard let installation = pod.state.installation(at: self.instant()) else {
                return self.look(pod)
            }
            self.ask(pod) { now in
                self.note("\(pod.node) installs \(installation.entries.map(\.entry.name))")
                return try self.schedule.install(installation, at: now)
            } then: { receipt in
                guard let receipt else { return self.fail(pod) }
                pod.withState { $0.installed(receipt, at: self.instant()) }
                self.look(pod)
            }
        }
    }

    private func look(_ pod: SimulatedPod) {
        reach(.looking, pod) {
            let (sent, clock) = (self.wallClock(of: pod), pod.clockPutAt)
            let glance = Glance(node: pod.node, skew: pod.skewMeter.offset, limit: Beat.roundLimit)
            self.ask(pod) { now in
                self.schedule.look(glance, at: now)
            } then: { sight in
                guard let sight else { return self.fail(pod) }
                if clock == pod.clockPutAt {
                    pod.lookCount += 1
                    pod.measured(
                        sent: sent,
                        answered: self.wallClock(of: pod),
                        server: sight.now
                    )
                }
                try self.looked(pod, sight)
            }
        }
    }

    private func looked(_ pod: SimulatedPod, _ sight: ScheduleSight) throws {
        let isKnown = pod.withState { $0.looked(sight) }
        guard isKnown else {
            note("\(pod.node) does not know this schedule")
            return later(0...1) { self.resume(pod) }
        }
        if sight.outgoingCount > 0 { publish(pod) }
        let begun = moment
        var claims = pod.plan(sight).claims
        if missing == .catchUp { claims = try claims.map { try withoutWindow($0, sight) } }
        guard !claims.isEmpty else { return try finish(pod, sight, [], [], begun: begun) }
        reach(.claiming, pod) {
            self.ask(pod) { now in
                let answers = try self.schedule.claim(claims, lookedAt: sight.now, at: now)
                self.note("\(pod.node) claims \(self.text(of: claims, answers))")
                self.takeJobs()
                return answers
            } then: { answers in
                guard let answers else { return self.fail(pod) }
                try self.finish(pod, sight, claims, answers, begun: begun)
            }
        }
    }

    /// The claim of somebody who catches up all there is.
    private func withoutWindow(
        _ claim: ScheduleClaim,
        _ sight: ScheduleSight
    ) throws -> ScheduleClaim {
        var entry = try ScheduleEntry(json: claim.due.json, zones: SystemZoneSource())
        entry.catchUp = .all(window: .seconds(100_000_000), cap: ScheduleEntry.CatchUp.maxCap)
        return try entry.claim(claim.due, at: sight.now)
    }

    private func text(of claims: [ScheduleClaim], _ answers: [ScheduleClaim.Answer]) -> String {
        zip(claims, answers)
            .map { claim, answer in
                let instants = claim.firings.map(\.instant.text)
                return "\(claim.due.name) through \(claim.through.text) \(instants), gives up "
                    + "\(claim.missed): \(answer)"
            }
            .joined(separator: "; ")
    }

    private func finish(
        _ pod: SimulatedPod,
        _ sight: ScheduleSight,
        _ claims: [ScheduleClaim],
        _ answers: [ScheduleClaim.Answer],
        begun: Int
    ) throws {
        reach(.claimed, pod) {
            self.tell(claims, answers)
            let elapsed = Duration.milliseconds(self.moment - begun)
            let pause = pod.withState { state in
                state.pause(after: sight, claims, answers, elapsed: elapsed)
            }
            if self.moment - max(pod.wellSince, self.wellSince) > Self.tolerance {
                try self.checkLag(sight.now)
                try self.checkSkew(pod)
            }
            var wait = max(1, Int((pause / .milliseconds(1)).rounded(.up)))
            if pause == BeatState.maxPause, self.schedule.state.book.outgoing.isEmpty {
                wait = max(wait, self.idleTime())
                pod.isIdle = wait > 1_000
            }
            self.later(wait...wait) { self.resume(pod, pod.life) }
        }
    }

    private func tell(_ claims: [ScheduleClaim], _ answers: [ScheduleClaim.Answer]) {
        for (claim, answer) in zip(claims, answers) {
            guard case .granted(let fired) = answer else {
                count { $0.refused += 1 }
                continue
            }
            count {
                $0.fired += fired
                $0.missed += claim.missed
                $0.skipped += claim.firings.count - fired
                $0.caughtUp += claim.firings.count { $0.cause == .caughtUp }
            }
        }
    }

    /// Until when every look would find nothing.
    private func idleTime() -> Int {
        var until = shape.end
        if let next = schedule.state.book.due.due(at: serverNow, limit: 0).next {
            until = min(until, Int(next.milliseconds - base.milliseconds) - schedule.skew)
        }
        if let next = disturbances.first(where: { $0.moment > moment }) {
            until = min(until, next.moment)
        }
        return until - moment - Int.random(in: 0...1_000, using: &random)
    }

    private func checkSkew(_ pod: SimulatedPod) throws {
        guard pod.lookCount > ClockSkew.memory, missing != .serverClock else { return }
        let truth = pod.skew - schedule.skew
        let found = Int(pod.skewMeter.offset / .milliseconds(1))
        guard abs(found - truth) <= 1_000 else {
            throw BeatViolation(.skew, "\(pod.node) is \(truth) ms ahead and tells \(found)")
        }
    }

    private func fail(_ pod: SimulatedPod) {
        later(50...1_000) { self.resume(pod) }
    }

    private func resume(_ pod: SimulatedPod, _ life: Int? = nil) {
        guard pod.isAlive, life.map({ $0 == pod.life }) ?? true else { return }
        round(pod)
    }

    // MARK: The broker

    private func publish(_ pod: SimulatedPod) {
        guard !pod.isPublishing else { return }
        pod.isPublishing = true
        reach(.taking, pod) {
            self.ask(pod) { now in
                try self.schedule.takeOutgoing(at: now)
            } then: { events in
                guard let events, !events.isEmpty else {
                    pod.isPublishing = false
                    return
                }
                self.reach(.publishing, pod) { self.send(pod, events) }
            }
        }
    }

    private func send(_ pod: SimulatedPod, _ events: [OutgoingEvent]) {
        let ids = events.map(\.id)
        let isTaken = isBrokerUp
        note("\(pod.node) publishes \(ids): \(isTaken)")
        later(1...500) {
            if isTaken {
                self.count { $0.published += ids.count }
                for outgoing in events { try self.arrive(outgoing) }
            }
            self.reach(.marking, pod) {
                self.ask(pod) { _ in
                    if isTaken {
                        self.schedule.removeOutgoing(ids)
                    } else {
                        self.schedule.giveBackOutgoing(ids)
                    }
                } then: { _ in
                    pod.isPublishing = false
                }
            }
        }
    }
}
