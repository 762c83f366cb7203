import Telemetry

/// The whole schedule as a value, with the rules of a server: the twin of the scripts on Redis.
///
/// Each function is one step and gets the time; what it enqueues is in `outbound` until somebody
/// takes it.
struct ScheduleBook: Sendable {
    /// How long the place of a removed entry is remembered, so that nothing fires twice.
    static let graveLife = Duration.seconds(86_400)

    /// An event that was enqueued.
    struct Outbound: Sendable, Equatable {
        var firing: ScheduleClaim.Firing
        var transport: ScheduleEntry.Transport
    }

    struct Outgoing: Sendable, Equatable {
        var event: Event
        /// Nobody else may publish it before.
        var freeAt: WallTime
        /// When it was put in.
        var since: WallTime
    }

    var lines: [String: ScheduleLine] = [:]
    var graves: [String: (place: WallTime, until: WallTime)] = [:]
    var due = DueList()
    var version: ScheduleVersion?
    var lastFileNumber = 0
    /// What living processes bring along.
    var held: [String: (names: Set<String>, seenAt: WallTime)] = [:]
    var sightings: [String: BeatSighting] = [:]
    var outgoing: [String: Outgoing] = [:]
    /// For the job queue, in their order.
    var outbound: [Event] = []

    // MARK: Claims

    mutating func claim(_ claim: ScheduleClaim, at now: WallTime) -> ScheduleClaim.Answer {
        guard var line = lines[claim.due.name], line.isActive,
            line.revision == claim.due.revision, line.place == claim.due.place,
            claim.through >= line.place, claim.firings.isEmpty || claim.through <= now
        else { return .taken }
        let isFull = outgoing.count >= ScheduleClaim.maxOutgoing
        guard claim.firings.isEmpty || claim.transport != .amqp || !isFull else { return .full }
        line.place = claim.through
        line.next = claim.next.map(ScheduleLine.Next.at) ?? .never
        line.counts.missed += claim.missed
        release(&line, at: now)
        var fired = 0
        for firing in claim.firings {
            let waiting = ScheduleLine.Waiting(
                firing: firing,
                transport: claim.transport,
                runLimit: claim.runLimit
            )
            if fire(waiting, claim.overlap, &line, at: now) { fired += 1 }
        }
        put(line)
        return .granted(fired: fired)
    }

    /// Fires beside the timetable.
    mutating func fire(
        _ firing: ScheduleClaim.Firing,
        of entry: ScheduleEntry,
        at now: WallTime
    ) throws(ScheduleError) -> ScheduleRun {
        var line = try line(named: entry.name)
        guard entry.transport != .amqp || outgoing.count < ScheduleClaim.maxOutgoing else {
            throw .full
        }
        release(&line, at: now)
        let waiting = ScheduleLine.Waiting(
            firing: firing,
            transport: entry.transport,
            runLimit: entry.runLimit
        )
        _ = fire(waiting, entry.overlap, &line, at: now)
        put(line)
        guard let run = line.runs.first(where: { $0.instant == firing.instant }) else {
            throw .notFound(entry.name)
        }
        return run
    }

    /// - Returns: whether it was enqueued, or waits.
    private mutating func fire(
        _ waiting: ScheduleLine.Waiting,
        _ overlap: ScheduleEntry.Overlap,
        _ line: inout ScheduleLine,
        at now: WallTime
    ) -> Bool {
        let isTracked = overlap == .skip || overlap == .queue
        let isBusy = !line.underWay.isEmpty || !line.waiting.isEmpty
        guard isTracked, isBusy else {
            send(waiting, isTracked: isTracked, &line, at: now)
            return true
        }
        guard overlap == .queue, line.waiting.count < ScheduleClaim.maxWaiting else {
            line.counts.skipped += 1
            line.note(waiting.run(.skipped, at: now))
            return false
        }
        line.waiting.append(waiting)
        line.note(waiting.run(.waiting, at: now))
        return true
    }

    private mutating func send(
        _ waiting: ScheduleLine.Waiting,
        isTracked: Bool,
        _ line: inout ScheduleLine,
        at now: WallTime
    ) {
        let firing = waiting.firing
        if isTracked {
            line.underWay.append(
                ScheduleLine.UnderWay(instant: firing.instant, until: now + waiting.runLimit)
            )
        }
        if waiting.transport == .amqp {
            let id = firing.event.id ?? ""
            if outgoing[id] == nil {
                outgoing[id] = Outgoing(event: firing.event, freeAt: now, since: now)
            }
        } else {
            outbound.append(firing.event)
        }
        line.counts.enqueued += 1
        if firing.cause == .caughtUp { line.counts.caughtUp += 1 }
        line.note(waiting.run(.enqueued, at: now))
    }

    /// Forgets runs that have not reported in time, and fires what waits for the end of one.
    private mutating func release(_ line: inout ScheduleLine, at now: WallTime) {
        line.underWay.removeAll { $0.until <= now }
        while line.underWay.isEmpty, !line.waiting.isEmpty {
            send(line.waiting.removeFirst(), isTracked: true, &line, at: now)
        }
    }

    // MARK: Reports

    mutating func report(_ report: RunReport, at now: WallTime) {
        guard var line = lines[report.firing.entry] else { return }
        let instant = report.firing.instant
        if var run = line.runs.first(where: { $0.instant == instant }), run.takes(report) {
            run.state = .settled(outcome: report.outcome, at: now)
            line.note(run)
        }
        if report.isFinal {
            line.underWay.removeAll { $0.instant == instant }
            if line.isActive { release(&line, at: now) }
        }
        put(line)
    }

    // MARK: History

    /// - Returns: how many went.
    mutating func trimHistory(before oldest: WallTime) -> Int {
        var removed = 0
        for (name, line) in lines {
            let count = line.runs.dropLast().prefix { $0.instant < oldest }.count
            lines[name]?.runs.removeFirst(count)
            removed += count
        }
        return removed
    }

    // MARK: Lines

    func line(named name: String) throws(ScheduleError) -> ScheduleLine {
        guard let line = lines[name] else { throw .notFound(name) }
        return line
    }

    /// Stores a line, and when it is due.
    mutating func put(_ line: ScheduleLine) {
        lines[line.name] = line
        due.set(line.name, to: line.dueAt)
    }
}

extension ScheduleLine.Waiting {
    fileprivate func run(_ state: ScheduleRun.State, at now: WallTime) -> ScheduleRun {
        ScheduleRun(instant: firing.instant, firedAt: now, cause: firing.cause, state: state)
    }
}

extension ScheduleRun {
    /// Whether a report says more than what is known: what was done stays so, and what has ended
    /// is not under way again.
    fileprivate func takes(_ report: RunReport) -> Bool {
        guard case .settled(let outcome, _) = state else { return true }
        return outcome == Outcome.retryWord || (report.isFinal && outcome != Outcome.done.word)
    }
}
