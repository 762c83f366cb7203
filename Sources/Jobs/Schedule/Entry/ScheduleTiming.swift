public import Codecs
public import Telemetry

/// The times of an entry, without its beginning and end, as they are written in its one form.
public struct ScheduleTiming: Sendable, Equatable {
    /// How the times are written.
    private enum Form: Sendable, Equatable {
        case cron(String, zone: String, Timetable.Rules)
        case every(Int)
        case at(WallTime)
    }

    /// The zone of cron expressions that name none.
    public static let usualZone = "UTC"

    /// When it fires.
    public let table: Timetable
    private let form: Form

    /// A cron expression, a name such as `@hourly`, or what else a ``Timetable`` reads; `name` is
    /// the entry's, which `H` goes by.
    public static func cron(
        _ text: String,
        in zone: ZoneRules = .utc,
        named zoneName: String = ScheduleTiming.usualZone,
        rules: Timetable.Rules = Timetable.Rules(),
        for name: String
    ) throws(TimingError) -> ScheduleTiming {
        let table = try Timetable(text, zone: zone, rules: rules, name: name)
        return ScheduleTiming(table: table, form: .cron(text, zone: zoneName, rules))
    }

    /// Times in this distance, at least a second, counted from the beginning of 1970.
    public static func every(seconds: Int) throws(TimingError) -> ScheduleTiming {
        ScheduleTiming(table: try Timetable("@every \(seconds)s"), form: .every(seconds))
    }

    /// One time, a whole second.
    public static func at(_ instant: WallTime) throws(TimingError) -> ScheduleTiming {
        ScheduleTiming(table: try Timetable(instant.text), form: .at(instant))
    }

    /// The name of the zone whose clocks are meant; nil where no clock is.
    public var zoneName: String? {
        if case .cron(_, let zone, _) = form { zone } else { nil }
    }

    /// When it fires, for people: `30 2 * * * Europe/Berlin`, `every 90 s`.
    public var text: String {
        switch form {
        case .cron(let text, let zone, _): "\(text) \(zone)"
        case .every(let seconds): "every \(seconds) s"
        case .at(let instant): "at \(instant.secondsText)"
        }
    }

    /// Appends the members of the one form behind others; what is as usual is left out.
    func append(to json: inout [UInt8]) {
        switch form {
        case .every(let seconds): json.append("every", raw: "\(seconds)")
        case .at(let instant): json.append("at", text: instant.text)
        case .cron(let text, let zone, let rules):
            json.append("cron", text: text)
            if zone != Self.usualZone { json.append("timeZone", text: zone) }
            let usual = Timetable.Rules()
            if rules.clockChanges != usual.clockChanges {
                json.append("dst", text: rules.clockChanges.text)
            }
            if rules.days != usual.days { json.append("days", text: rules.days.rawValue) }
        }
    }
}

extension ScheduleEntry {
    /// The first instant later than `instant`, between beginning and end; nil when there is none.
    public func next(after instant: WallTime) -> WallTime? {
        let from = start.map { max(instant, $0.before) } ?? instant
        guard let next = timing.table.next(after: from) else { return nil }
        return end.map { next <= $0 } ?? true ? next : nil
    }

    /// The last instant earlier than `instant`, between beginning and end; nil when there is none.
    public func previous(before instant: WallTime) -> WallTime? {
        let until = end.map { min(instant, $0 + .milliseconds(1)) } ?? instant
        guard let previous = timing.table.previous(before: until) else { return nil }
        return start.map { previous >= $0 } ?? true ? previous : nil
    }
}

extension WallTime {
    /// A millisecond earlier.
    fileprivate var before: WallTime { WallTime(milliseconds: milliseconds - 1) }
}
