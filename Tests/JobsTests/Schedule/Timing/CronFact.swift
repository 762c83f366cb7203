import Codecs
import Foundation
import Testing

@testable import Jobs

/// What the tests of another project say about an expression; Tests/Facts/cron.json holds them.
struct CronFact: Decodable, Sendable, CustomTestStringConvertible {
    enum Question: String, Decodable {
        case next
        case prev
        case match
        case nomatch
        case invalid
        case never
    }

    let id: String
    /// The second first, where there are six fields.
    let cron: String
    /// The same in our words, where `cron` means something else here, or nothing.
    let ours: String?
    /// Why it does.
    let differs: String?
    let zone: String
    let asks: Question
    let days: String
    let start: String?
    let expected: String?
    /// The policies that give this answer; nil: all do.
    let policies: [String]?

    var testDescription: String { id }

    static func all() throws -> [CronFact] {
        let tests = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let data = try Data(contentsOf: tests.appendingPathComponent("Facts/cron.json"))
        return try JSONDecoder().decode([CronFact].self, from: data)
    }

    /// The fact about the expression as its project writes it.
    var asWritten: CronFact {
        CronFact(
            id: id,
            cron: cron,
            ours: nil,
            differs: nil,
            zone: zone,
            asks: asks,
            days: days,
            start: start,
            expected: expected,
            policies: policies
        )
    }

    func timetable(_ policy: ClockChangePolicy) throws -> Timetable {
        let rules = Timetable.Rules(
            days: DayRule(rawValue: days) ?? .or,
            clockChanges: policy
        )
        return try Timetable(ours ?? cron, zone: try SystemZones.zone(zone), rules: rules)
    }

    /// Whether the expression answers as the fact says.
    func holds(_ policy: ClockChangePolicy = .cronie) throws -> Bool {
        if asks == .invalid { return (try? timetable(policy)) == nil }
        let timetable = try timetable(policy)
        guard let start = start.flatMap(WallTime.init) else { return false }
        let answer = expected.flatMap(WallTime.init)
        let second = Duration.seconds(1)
        return switch asks {
        case .next: answer != nil && timetable.next(after: start) == answer
        case .prev: answer != nil && timetable.previous(before: start) == answer
        case .match: timetable.previous(before: start + second) == start
        case .nomatch: timetable.previous(before: start + second) != start
        case .never: timetable.next(after: start) == nil
        case .invalid: false
        }
    }
}
