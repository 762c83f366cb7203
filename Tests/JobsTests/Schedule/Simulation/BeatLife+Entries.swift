import Telemetry
import TestSupport

@testable import Jobs

extension BeatLife {
    /// How many definitions an entry may have.
    static let versionCount = 3

    /// How long a life is, and how often something fires in it.
    struct Shape {
        enum Scale: CaseIterable {
            case minutes
            case days
            case year
        }

        let scale: Scale
        let podCount: Int
        let entryCount: Int
        /// In milliseconds; what comes later is quiet.
        let faultsEnd: Int
        let end: Int
        let longestPause: Int
        /// The usual time between two firings, in seconds.
        let period: Int

        init(_ random: inout SeededGenerator) {
            let scales = Scale.allCases
            scale = scales[Int.random(in: scales.indices, using: &random)]
            podCount = Int.random(in: 1...4, using: &random)
            entryCount = Int.random(in: 1...5, using: &random)
            switch scale {
            case .minutes: (faultsEnd, longestPause, period) = (600_000, 300_000, 20)
            case .days: (faultsEnd, longestPause, period) = (259_200_000, 7_200_000, 7_200)
            case .year:
                (faultsEnd, longestPause, period) = (31_536_000_000, 43_200_000, 604_800)
            }
            end = faultsEnd + 300_000
        }
    }

    /// The definitions that an entry has one after the other.
    static func definitions(
        of number: Int,
        in shape: Shape,
        from base: WallTime,
        _ random: inout SeededGenerator
    ) throws -> [ScheduleEntry] {
        let name = "e\(number)"
        let first = try entry(name, in: shape, from: base, &random)
        var second = first
        second.event = try EventTemplate(Array(#"{"type":"task.b","data":{}}"#.utf8))
        var third = try entry(name, in: shape, from: base, &random)
        third.isEnabled = !random.oneIn(4)
        return [first, second, third]
    }

    private static func entry(
        _ name: String,
        in shape: Shape,
        from base: WallTime,
        _ random: inout SeededGenerator
    ) throws -> ScheduleEntry {
        var entry = ScheduleEntry(
            name: name,
            timing: try timing(name, in: shape, from: base, &random),
            event: try EventTemplate(Array(#"{"type":"task.a","data":{"at":"{{time}}"}}"#.utf8))
        )
        let period = Duration.seconds(shape.period)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: entry.catchUp = .none
        case 1: entry.catchUp = .last
        default:
            let cap = Int.random(in: 1...20, using: &random)
            entry.catchUp = .all(window: period * Int.random(in: 1...20, using: &random), cap: cap)
        }
        let overlaps = ScheduleEntry.Overlap.allCases
        entry.overlap = overlaps[Int.random(in: overlaps.indices, using: &random)]
        entry.transport = random.oneIn(3) ? .amqp : .stream
        entry.runLimit = period * 3
        if random.oneIn(3) {
            entry.jitter = .milliseconds(Int.random(in: 1...5_000, using: &random))
        }
        let whole = Int64(shape.faultsEnd)
        if random.oneIn(5) {
            entry.start = base + .milliseconds(Int64.random(in: 0...whole / 2, using: &random))
        }
        if random.oneIn(5) {
            entry.end = base + .milliseconds(Int64.random(in: whole / 2...whole, using: &random))
        }
        return entry
    }

    private static func timing(
        _ name: String,
        in shape: Shape,
        from base: WallTime,
        _ random: inout SeededGenerator
    ) throws -> ScheduleTiming {
        if random.oneIn(8) {
            let second = Int64.random(in: 1...Int64(shape.faultsEnd / 1_000), using: &random)
            return try .at(WallTime(milliseconds: (base.milliseconds / 1_000 + second) * 1_000))
        }
        let texts: [String]
        switch shape.scale {
        case .minutes:
            if random.oneIn(2) {
                return try .every(seconds: Int.random(in: 5...60, using: &random))
            }
            texts = ["*/10 * * * * *", "* * * * *", "H * * * * *", "5,55 * * * * *"]
        case .days:
            if random.oneIn(2) {
                return try .every(seconds: Int.random(in: 1_800...20_000, using: &random))
            }
            texts = ["0 * * * *", "30 2 * * *", "*/45 */2 * * *", "H H(0-7) * * *", "0 22-4 * * *"]
        case .year:
            texts = [
                "30 2 * * SUN", "0 0 1 * *", "0 12 L * ?", "15 1 * * 7", "H H * * MON",
                "0 9 15W * *", "30 2 25-31 3,10 *", "0 0 29 2 *",
            ]
        }
        let zones = ["Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Africa/Cairo"]
        let zone = zones[Int.random(in: zones.indices, using: &random)]
        return try .cron(
            texts[Int.random(in: texts.indices, using: &random)],
            in: try SystemZones.zone(zone),
            named: zone,
            rules: Timetable.Rules(
                clockChanges: ClockChangePolicy(
                    gap: ClockChangePolicy.Gap.allCases[Int.random(in: 0..<4, using: &random)],
                    overlap: ClockChangePolicy.Overlap.allCases[
                        Int.random(in: 0..<4, using: &random)
                    ]
                )
            ),
            for: name
        )
    }
}
