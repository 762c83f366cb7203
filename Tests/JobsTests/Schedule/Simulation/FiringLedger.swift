import Telemetry

@testable import Jobs

/// What should have become of each instant, by whoever looks on with a list of them in hand.
///
/// It is told of every step of the schedule, and shares with it nothing but the timetables.
struct FiringLedger {
    enum Fate: Equatable {
        case enqueued
        case waiting
        case skipped
        case missed
    }

    struct Run: Equatable {
        var instant: WallTime
        var firedAt: WallTime
        var isCaughtUp: Bool
        var fate: Fate
        /// The words that were told of it.
        var outcomes: [String] = []
    }

    struct UnderWay {
        var instant: WallTime
        var until: WallTime
    }

    struct Entry {
        var definition: ScheduleEntry
        var json: [UInt8]
        var isPaused = false
        /// All instants up to this are decided on.
        var place: WallTime
        var runs: [Run] = []
        var underWay: [UnderWay] = []
        var waiting: [Run] = []
        var counts = ScheduleRecord.Counts()

        var isActive: Bool { definition.isEnabled && !isPaused }
    }

    /// What one step has enqueued.
    typealias Enqueued = [FiringIdentity]

    var entries: [String: Entry] = [:]
    /// Where entries were when they were removed.
    private(set) var graves: [String: WallTime] = [:]
    /// The last instants that were decided on, of entries that are gone, too.
    private(set) var decided: [String: [WallTime]] = [:]
    /// Enough to see that one comes again.
    private static let maxDecided = 100

    // MARK: Definitions

    mutating func define(_ entry: ScheduleEntry, beginning: WallTime, at now: WallTime) {
        let name = entry.name
        guard var known = entries[name] else {
            let place = max(graves[name] ?? beginning, beginning)
            entries[name] = Entry(definition: entry, json: entry.json, place: place)
            return
        }
        let (old, new) = (known.definition, entry)
        if old.timing != new.timing || old.start != new.start || old.end != new.end
            || old.isEnabled != new.isEnabled
        {
            known.place = max(known.place, now)
        }
        known.definition = entry
        known.json = entry.json
        entries[name] = known
    }

    mutating func remove(_ name: String) {
        graves[name] = entries.removeValue(forKey: name)?.place
    }

    mutating func resume(_ name: String, at now: WallTime) {
        guard let entry = entries[name], entry.isPaused else { return }
        entries[name]?.isPaused = false
        entries[name]?.place = max(entry.place, now)
    }

    // MARK: Firing

    /// A claim was granted that was made by a look at `sight`; gives what it must have enqueued.
    mutating func granted(
        _ claim: ScheduleClaim,
        lookedAt sight: WallTime,
        at now: WallTime
    ) throws(BeatViolation) -> Enqueued {
        let name = claim.due.name
        guard var entry = entries[name] else {
            throw BeatViolation(.definition, "\(name) fires and is not there")
        }
        let instants = claim.firings.map(\.instant)
        for instant in instants where decided[name]?.contains(instant) == true {
            throw BeatViolation(.doubled, "\(name) fires \(instant.text) again")
        }
        if entry.isPaused {
            throw BeatViolation(.paused, "\(name) is claimed while it is paused")
        }
        if entry.json != claim.due.json {
            throw BeatViolation(.definition, "\(name) is claimed as it was defined before")
        }
        if let early = instants.first(where: { $0 > now }) {
            throw BeatViolation(.early, "\(name) fires \(early.text) at \(now.text)")
        }
        let batch = try entry.instants(through: sight)
        let expected = batch.filter { entry.definition.isFired($0, of: batch, at: sight) }
        guard instants == expected, claim.missed == batch.count - expected.count else {
            throw BeatViolation(
                .policy,
                "\(name) fires \(instants.map(\.text)) and gives up \(claim.missed) at "
                    + "\(sight.text), expected \(expected.map(\.text)) of \(batch.count)"
            )
        }
        try entry.definition.check(claim.firings)
        entry.counts.missed += claim.missed
        var enqueued = entry.release(at: now)
        for firing in claim.firings {
            let run = Run(
                instant: firing.instant,
                firedAt: now,
                isCaughtUp: firing.instant < sight - ScheduleEntry.punctuality,
                fate: .enqueued
            )
            if let instant = entry.fire(run, at: now) { enqueued.append(instant) }
        }
        entry.place = max(entry.place, batch.last ?? entry.place)
        entries[name] = entry
        decided[name] = Array(((decided[name] ?? []) + batch).suffix(Self.maxDecided))
        return enqueued.map { FiringIdentity(entry: name, instant: $0) }
    }

    /// A worker has told of a run; gives what that must have enqueued.
    mutating func reported(_ report: RunReport, at now: WallTime) -> Enqueued {
        let name = report.firing.entry
        guard var entry = entries[name] else { return [] }
        if let index = entry.runs.lastIndex(where: { $0.instant == report.firing.instant }) {
            entry.runs[index].outcomes.append(report.outcome)
        }
        var enqueued: [WallTime] = []
        if report.isFinal {
            entry.underWay.removeAll { $0.instant == report.firing.instant }
            if entry.isActive { enqueued = entry.release(at: now) }
        }
        entries[name] = entry
        return enqueued.map { FiringIdentity(entry: name, instant: $0) }
    }
}

extension FiringLedger.Entry {
    /// The instants that wait to be decided on.
    func instants(through now: WallTime) throws(BeatViolation) -> [WallTime] {
        var (instants, instant): ([WallTime], WallTime) = ([], place)
        let table = definition.timing.table
        while let next = table.next(after: instant), next <= now {
            instant = next
            if let end = definition.end, next > end { break }
            if definition.start.map({ $0 <= next }) ?? true { instants.append(next) }
            guard instants.count < ScheduleEntry.maxSteps else {
                throw BeatViolation(.bounds, "\(definition.name) has too many instants for a life")
            }
        }
        return instants
    }

    /// - Returns: the instant, if it is enqueued.
    fileprivate mutating func fire(_ run: FiringLedger.Run, at now: WallTime) -> WallTime? {
        var run = run
        let isBusy = !underWay.isEmpty || !waiting.isEmpty
        switch definition.overlap {
        case .skip where isBusy:
            run.fate = .skipped
            counts.skipped += 1
        case .queue where isBusy:
            run.fate = waiting.count < ScheduleClaim.maxWaiting ? .waiting : .skipped
            if run.fate == .waiting { waiting.append(run) } else { counts.skipped += 1 }
        case .allow, .replace, .skip, .queue: enqueue(run, at: now)
        }
        note(run)
        return run.fate == .enqueued ? run.instant : nil
    }

    /// - Returns: what need not wait any longer.
    fileprivate mutating func release(at now: WallTime) -> [WallTime] {
        underWay.removeAll { $0.until <= now }
        var released: [WallTime] = []
        while underWay.isEmpty, !waiting.isEmpty {
            var run = waiting.removeFirst()
            run.fate = .enqueued
            run.firedAt = now
            underWay.append(.init(instant: run.instant, until: now + definition.runLimit))
            counts.enqueued += 1
            if run.isCaughtUp { counts.caughtUp += 1 }
            note(run)
            released.append(run.instant)
        }
        return released
    }

    private mutating func enqueue(_ run: FiringLedger.Run, at now: WallTime) {
        counts.enqueued += 1
        if run.isCaughtUp { counts.caughtUp += 1 }
        guard definition.overlap == .skip || definition.overlap == .queue else { return }
        underWay.append(.init(instant: run.instant, until: now + definition.runLimit))
    }

    private mutating func note(_ run: FiringLedger.Run) {
        runs.removeAll { $0.instant == run.instant }
        runs.append(run)
        runs.sort { $0.instant < $1.instant }
        runs.removeFirst(max(0, runs.count - ScheduleRun.maxCount))
    }
}

extension ScheduleEntry {
    /// Whether the events say when they may run, and until when.
    fileprivate func check(_ firings: [ScheduleClaim.Firing]) throws(BeatViolation) {
        for firing in firings {
            let (instant, event) = (firing.instant, firing.event)
            let waits = event.notBefore.map { instant.duration(to: $0) }
            guard waits.map({ .zero <= $0 && $0 < jitter }) ?? (jitter == .zero),
                start.map({ $0 <= instant }) ?? true, end.map({ instant <= $0 }) ?? true,
                event.time == instant.text
            else { throw BeatViolation(.bounds, "\(name) fires \(event) at \(instant.text)") }
            let next = overlap == .replace ? timing.table.next(after: instant) : nil
            let expires = next.flatMap { next in end.map { next <= $0 } ?? true ? next : nil }
            let late = expires.flatMap { next in event.expiresAt.map { next.duration(to: $0) } }
            guard (expires == nil) == (event.expiresAt == nil),
                late.map({ $0 == .zero || .zero <= $0 && $0 < jitter }) ?? true
            else { throw BeatViolation(.bounds, "\(name) expires at \(event)") }
        }
    }

    /// Whether an instant among those that wait is fired, by the words of the rule.
    fileprivate func isFired(_ instant: WallTime, of batch: [WallTime], at now: WallTime) -> Bool {
        if instant >= now - Self.punctuality { return true }
        switch catchUp {
        case .none: return false
        case .last: return instant == batch.last
        case .all(let window, let cap):
            return instant >= now - window && batch.suffix(cap).contains(instant)
        }
    }
}

extension WallTime {
    static func - (time: WallTime, duration: Duration) -> WallTime {
        time + (.zero - duration)
    }
}
