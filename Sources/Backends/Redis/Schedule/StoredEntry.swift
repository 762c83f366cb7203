import Jobs
import RedisClient
import Telemetry

/// An entry as a script tells it: name, fields of its hash, instants under way, how many wait.
struct StoredEntry {
    private let name: String
    private var fields: [String: String] = [:]
    private let underWay: [WallTime]
    private let waitingCount: Int

    init(_ reply: RedisReply) throws(ScheduleError) {
        guard let name = reply[0]?.string, let fields = reply[1]?.elements.map(Array.init),
            let underWay = reply[2]?.elements, let waitingCount = reply[3]?.integer
        else { throw .unreadableReply }
        self.name = name
        self.underWay = underWay.compactMap { $0.string.flatMap(WallTime.init(stored:)) }
        self.waitingCount = waitingCount
        for index in stride(from: 0, to: fields.count - 1, by: 2) {
            guard let field = fields[index].string else { continue }
            self.fields[field] = fields[index + 1].string
        }
    }

    func listing(_ zones: any ZoneSource) -> ScheduleListing {
        do throws(ScheduleError) {
            return .readable(try record(zones))
        } catch {
            return .unreadable(name: name, error)
        }
    }

    private func record(_ zones: any ZoneSource) throws(ScheduleError) -> ScheduleRecord {
        guard let json = fields["json"], let place = moment("place"),
            let origin = fields["origin"].flatMap(ScheduleRecord.Origin.init)
        else { throw ScheduleError(.refused, "the entry \(name) in Redis has lost its fields") }
        var counts = ScheduleRecord.Counts()
        counts.enqueued = count("enqueued")
        counts.caughtUp = count("caughtUp")
        counts.missed = count("missed")
        counts.skipped = count("skipped")
        return ScheduleRecord(
            entry: try ScheduleEntry(stored: Array(json.utf8), as: name, zones: zones),
            origin: origin,
            pause: moment("pausedAt")
                .map { since in
                    ScheduleRecord.Pause(
                        by: fields["pausedBy"] ?? "",
                        reason: fields["pausedWhy"] ?? "",
                        since: since
                    )
                },
            place: place,
            counts: counts,
            underWay: underWay,
            waitingCount: waitingCount
        )
    }

    private func moment(_ field: String) -> WallTime? {
        fields[field].flatMap(WallTime.init(stored:))
    }

    private func count(_ field: String) -> Int { fields[field].flatMap { Int($0) } ?? 0 }
}

extension WallTime {
    /// A moment as the scripts write it.
    init?(stored text: some StringProtocol) {
        guard let milliseconds = Int64(text) else { return nil }
        self.init(milliseconds: milliseconds)
    }
}

extension ScheduleRun {
    /// A line of the history: `instant firedAt cause state settledAt`, the last one only if it is.
    init?(stored text: String) {
        let words = text.split(separator: " ")
        guard words.count == 4 || words.count == 5, let instant = WallTime(stored: words[0]),
            let firedAt = WallTime(stored: words[1]), let cause = Cause(rawValue: String(words[2]))
        else { return nil }
        let state: State
        if words.count == 5 {
            guard let at = WallTime(stored: words[4]) else { return nil }
            state = .settled(outcome: String(words[3]), at: at)
        } else {
            switch words[3] {
            case "skipped": state = .skipped
            case "waiting": state = .waiting
            case "enqueued": state = .enqueued
            default: return nil
            }
        }
        self.init(instant: instant, firedAt: firedAt, cause: cause, state: state)
    }
}
