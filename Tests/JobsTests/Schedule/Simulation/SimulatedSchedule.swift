import Telemetry

@testable import Jobs

/// The server of the schedule in god's eye: the rules of the program, a clock of its own, what was
/// true a while ago, and somebody who looks on.
struct SimulatedSchedule {
    /// What a server holds, and loses as a whole.
    struct State {
        var book = ScheduleBook()
        var ledger = FiringLedger()
        /// The job stream.
        var stream: [Job] = []
        /// Until when events for the broker are somebody's.
        var leases: [String: WallTime] = [:]
        /// What waits for the broker.
        var outgoingIDs: Set<String> = []
    }

    /// An event in the stream.
    struct Job {
        var number: Int
        var event: Event
        var since: WallTime
    }

    private(set) var state = State()
    /// How far its clock is from the true time, in milliseconds.
    var skew = 0
    /// What it has forgotten: how often each event may come again.
    private(set) var forgotten: [String: Int] = [:]
    /// The entries that it has forgotten altogether.
    private var forgottenEntries: [String: FiringLedger.Entry] = [:]
    /// How far entries ever were.
    private var reached: [String: WallTime] = [:]
    private let missing: BeatMechanism?
    private var past: [State] = []
    private var jobCount = 0
    private static let memory = 12

    init(without missing: BeatMechanism?) { self.missing = missing }

    // MARK: Steps

    mutating func install(
        _ installation: Installation,
        at now: WallTime
    ) throws(BeatViolation) -> InstallReceipt {
        remember()
        var given = installation
        if missing == .seenUntil { given.seenUntil = nil }
        let receipt = state.book.install(given, at: now)
        for name in state.ledger.entries.keys.sorted() where state.book.lines[name] == nil {
            state.ledger.remove(name)
        }
        for installed in installation.entries {
            let entry = installed.entry
            guard let line = state.book.lines[entry.name], line.json == entry.json else { continue }
            let isNew = state.ledger.entries[entry.name] == nil
            let beginning = installation.seenUntil ?? now
            state.ledger.define(entry, beginning: beginning, at: now)
            // Who has just started remembers nothing, and begins now.
            if isNew, installation.seenUntil != nil {
                try checkBeginning(of: entry, at: beginning)
            }
            forgottenEntries[entry.name] = nil
        }
        try settle([], at: now)
        return receipt
    }

    /// Nothing lies between what was decided on before it was forgotten, and the beginning.
    private mutating func checkBeginning(
        of entry: ScheduleEntry,
        at beginning: WallTime
    ) throws(BeatViolation) {
        guard let known = forgottenEntries[entry.name], known.definition.timing == entry.timing
        else { return }
        if let lost = entry.next(after: known.place), lost <= beginning {
            throw BeatViolation(.missed, "\(entry.name) begins behind \(lost.text), undecided")
        }
    }

    mutating func look(_ glance: Glance, at now: WallTime) -> ScheduleSight {
        state.book.look(glance, at: now)
    }

    mutating func claim(
        _ claims: [ScheduleClaim],
        lookedAt sight: WallTime,
        at now: WallTime
    ) throws(BeatViolation) -> [ScheduleClaim.Answer] {
        remember()
        var answers: [ScheduleClaim.Answer] = []
        var enqueued: FiringLedger.Enqueued = []
        for claim in claims {
            let answer = perform(claim, at: now)
            if case .granted = answer {
                enqueued += try state.ledger.granted(claim, lookedAt: sight, at: now)
                let place = state.ledger.entries[claim.due.name]?.place
                reached[claim.due.name] = [reached[claim.due.name], place].compactMap(\.self).max()
            }
            answers.append(answer)
        }
        try settle(enqueued, at: now)
        return answers
    }

    private mutating func perform(
        _ given: ScheduleClaim,
        at now: WallTime
    ) -> ScheduleClaim.Answer {
        var claim = given
        if missing == .eventID {
            for index in claim.firings.indices {
                claim.firings[index].event.id? += "#\(past.count + jobCount)"
            }
        }
        guard let line = state.book.lines[claim.due.name] else {
            return state.book.claim(claim, at: now)
        }
        if missing == .place {
            claim.due.place = line.place
            claim.through = max(claim.through, line.place)
        }
        if missing == .revision { claim.due.revision = line.revision }
        if missing == .pause { state.book.lines[claim.due.name]?.pause = nil }
        if missing == .overlap { claim.overlap = .allow }
        defer {
            if missing == .pause { state.book.lines[claim.due.name]?.pause = line.pause }
        }
        return state.book.claim(claim, at: now)
    }

    mutating func report(_ report: RunReport, at now: WallTime) throws(BeatViolation) {
        remember()
        state.book.report(report, at: now)
        try settle(state.ledger.reported(report, at: now), at: now)
    }

    // MARK: What people do

    mutating func set(_ entry: ScheduleEntry, at now: WallTime) throws(BeatViolation) {
        remember()
        guard (try? state.book.set(entry, at: now)) != nil else { return }
        state.ledger.define(entry, beginning: now, at: now)
        try settle([], at: now)
    }

    mutating func delete(_ name: String, at now: WallTime) throws(BeatViolation) {
        remember()
        guard (try? state.book.delete(name, at: now)) != nil else { return }
        state.ledger.remove(name)
        try settle([], at: now)
    }

    mutating func pause(_ name: String, at now: WallTime) throws(BeatViolation) {
        remember()
        let pause = ScheduleRecord.Pause(by: "ada", reason: "too loud", since: now)
        guard (try? state.book.pause(name, pause)) != nil else { return }
        state.ledger.entries[name]?.isPaused = true
        try settle([], at: now)
    }

    mutating func resume(_ name: String, at now: WallTime) throws(BeatViolation) {
        remember()
        guard (try? state.book.resume(name, at: now)) != nil else { return }
        state.ledger.resume(name, at: now)
        try settle([], at: now)
    }

    // MARK: For the broker

    mutating func takeOutgoing(at now: WallTime) throws(BeatViolation) -> [OutgoingEvent] {
        if missing == .lease {
            for id in state.book.outgoing.keys { state.book.outgoing[id]?.freeAt = now }
        }
        let until = now + Outbox.lease
        let taken = state.book.takeOutgoing(limit: Outbox.batchSize, until: until, at: now)
        for id in taken.map(\.id) {
            if let lease = state.leases[id], lease > now {
                throw BeatViolation(.lease, "\(id) is published by two at the same time")
            }
            state.leases[id] = until
            if missing == .outbox { state.book.outgoing[id] = nil }
        }
        return taken
    }

    mutating func removeOutgoing(_ ids: [String]) {
        for id in ids {
            state.book.outgoing[id] = nil
            state.leases[id] = nil
        }
    }

    mutating func giveBackOutgoing(_ ids: [String]) {
        state.book.giveBackOutgoing(ids)
        for id in ids { state.leases[id] = nil }
    }

    // MARK: The stream

    /// A worker takes a job; nil when somebody has, or it is gone.
    mutating func takeJob(_ number: Int) -> Event? {
        guard let index = state.stream.firstIndex(where: { $0.number == number }) else {
            return nil
        }
        return state.stream.remove(at: index).event
    }

    /// Puts what was enqueued in its place, and holds it against what should have been.
    private mutating func settle(
        _ expected: FiringLedger.Enqueued,
        at now: WallTime
    ) throws(BeatViolation) {
        let new = state.book.outgoing.keys.filter { !state.outgoingIDs.contains($0) }
        let outgoing = new.compactMap { state.book.outgoing[$0]?.event }
        let found = (state.book.outbound + outgoing).map(\.firing).sorted()
        // An event that waits for the broker is put there once, though its claim was forgotten.
        let waiting = state.book.outgoing.values.map(\.event.firing)
        let known = expected.map(\.text).filter { !found.contains($0) && waiting.contains($0) }
        let wanted = expected.map(\.text).sorted()
        for event in state.book.outbound {
            jobCount += 1
            state.stream.append(Job(number: jobCount, event: event, since: now))
        }
        state.book.outbound = []
        state.outgoingIDs = Set(state.book.outgoing.keys)
        guard (found + known).sorted() == wanted else {
            throw BeatViolation(.overlap, "\(now.text): \(found) is enqueued, not \(wanted)")
        }
        try state.ledger.check(state.book)
    }

    // MARK: Forgetting

    private mutating func remember() {
        past.append(state)
        if past.count > Self.memory { past.removeFirst() }
    }

    /// Another server takes over, which has not had the last steps.
    mutating func loseTail(_ count: Int) {
        guard count > 0, !past.isEmpty else { return }
        let index = max(0, past.count - count)
        forget(to: past[index])
        past.removeSubrange(index...)
    }

    /// Everything is gone.
    mutating func empty() {
        for (name, entry) in state.ledger.entries where entry.isActive {
            forgottenEntries[name] = entry
            forgottenEntries[name]?.place = max(entry.place, reached[name] ?? entry.place)
        }
        forget(to: State())
        past = []
    }

    private mutating func forget(to other: State) {
        for (name, instants) in state.ledger.decided {
            let known = Set(other.ledger.decided[name] ?? [])
            for instant in instants where !known.contains(instant) {
                forgotten[FiringIdentity(entry: name, instant: instant).eventID, default: 0] += 1
            }
        }
        // What was taken, or told of, since then is there again.
        let left = Set(state.stream.map(\.number))
        for job in other.stream where !left.contains(job.number) {
            forgotten[job.event.id ?? "", default: 0] += 1
        }
        for id in other.book.outgoing.keys { forgotten[id, default: 0] += 1 }
        for name in other.ledger.entries.keys {
            for run in other.ledger.entries[name]?.waiting ?? [] {
                let id = FiringIdentity(entry: name, instant: run.instant).eventID
                forgotten[id, default: 0] += 1
            }
        }
        state = other
    }

    /// Those that would look each second while nothing is due are still there.
    mutating func keep(_ nodes: [String], at now: WallTime) {
        for node in nodes where state.book.held[node] != nil {
            state.book.held[node]?.seenAt = now
            state.book.sightings[node]?.seenAt = now
        }
    }
}

extension Event {
    /// The entry and the instant, as the event itself tells them.
    var firing: String { "\(source ?? "")@\(time ?? "")" }
}

extension FiringIdentity {
    /// The same, of what should be there.
    var text: String { "/schedule/\(entry)@\(instant.text)" }
}
