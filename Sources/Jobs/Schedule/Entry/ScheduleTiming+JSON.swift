import Codecs
import Telemetry

/// The members of an entry that name its times: one of `cron`, `every` and `at`.
extension ScheduleTiming {
    static let memberNames = ruleNames + zoneMembers
    private static let ruleNames = ["cron", "every", "at"]
    private static let zoneMembers = ["timeZone", "dst", "days"]

    init(
        _ members: EntryMembers,
        for name: String,
        _ zones: any ZoneSource
    ) throws(ScheduleEntryError) {
        let rule = try Self.rule(members)
        let path = members.path(of: rule)
        switch rule {
        case "every":
            let seconds = try members.required(rule, members.wholeSeconds)
            self = try Self.at(path) { () throws(TimingError) in try .every(seconds: seconds) }
        case "at":
            let moment = try members.required(rule, members.moment)
            self = try Self.at(path) { () throws(TimingError) in try .at(moment) }
        default:
            let text = try members.required(rule, members.text)
            let zoneName = try members.optional("timeZone", members.text) ?? Self.usualZone
            let zone = try Self.zone(zoneName, members.path(of: "timeZone"), zones)
            let rules = Timetable.Rules(
                days: try members.optional("days", members.word) ?? .or,
                clockChanges: try members.optional("dst", Self.clockChanges(members)) ?? .cronie
            )
            self = try Self.at(path) { () throws(TimingError) in
                try .cron(text, in: zone, named: zoneName, rules: rules, for: name)
            }
        }
    }

    /// Which of the members names the times.
    private static func rule(_ members: EntryMembers) throws(ScheduleEntryError) -> String {
        let rules = members.present(ruleNames)
        guard let rule = rules.first else {
            let paths = ruleNames.map(members.path).joined(separator: ", ")
            throw ScheduleEntryError(
                path: members.path(of: "cron"),
                message: "one of \(paths) is required"
            )
        }
        let others = rules.dropFirst() + (rule == "cron" ? [] : members.present(zoneMembers))
        if let other = others.first {
            let (path, first) = (members.path(of: other), members.path(of: rule))
            throw ScheduleEntryError(path: path, message: "\(path) means nothing beside \(first)")
        }
        return rule
    }

    private static func zone(
        _ name: String,
        _ path: String,
        _ zones: any ZoneSource
    ) throws(ScheduleEntryError) -> ZoneRules {
        guard name != usualZone else { return .utc }
        do throws(ZoneError) {
            return try zones.zone(named: name)
        } catch {
            throw ScheduleEntryError(path: path, message: "\(path): \(error)")
        }
    }

    private static func clockChanges(
        _ members: EntryMembers
    ) -> EntryMembers.Reading<ClockChangePolicy> {
        { (node, path) throws(ScheduleEntryError) in
            let text = try members.text(node, path)
            guard let policy = ClockChangePolicy(text) else {
                let rule = ClockChangePolicy.allowed
                throw .schema(path, must: "\(rule), not \"\(shortened(text))\"")
            }
            return policy
        }
    }

    private static func at(
        _ path: String,
        _ make: () throws(TimingError) -> ScheduleTiming
    ) throws(ScheduleEntryError) -> ScheduleTiming {
        do throws(TimingError) {
            return try make()
        } catch {
            throw ScheduleEntryError(path: path, message: "\(path), \(error)")
        }
    }
}
