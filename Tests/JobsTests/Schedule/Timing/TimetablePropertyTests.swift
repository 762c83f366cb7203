import Codecs
import Telemetry
import TestSupport
import Testing

@testable import Jobs

/// Random expressions in all zones and the years 1970 to 2100; a failure names its seed, and
/// `CRON_SEED` asks that one again.
@Suite(.timeLimit(.minutes(10))) struct TimetablePropertyTests {
    /// A question, and how to name it in a failure.
    private struct Case {
        var generator: CronGenerator
        let cron: WrittenCron
        let zone: ZoneRules
        let rules: Timetable.Rules
        let timetable: Timetable
        let story: String

        init(seed: UInt64) throws {
            generator = CronGenerator(seed: seed)
            cron = generator.expression()
            let (name, zone) = try generator.zone()
            self.zone = zone
            rules = generator.rules()
            story =
                "CRON_SEED=\(seed): \(cron.text) in \(name), \(rules.clockChanges.text), "
                + "days \(rules.days.rawValue)"
            timetable = try Timetable(
                cron.text,
                zone: zone,
                rules: rules,
                name: CronGenerator.name
            )
        }
    }

    /// Periods and months in the longest way that a search can go: 400 years, and what is known
    /// of the past one by one.
    private static let maxSteps = 25_000

    private func time(_ second: Int) -> WallTime { WallTime(milliseconds: Int64(second) * 1_000) }

    @Test func `who looks at every minute finds the same firings, forward and backward`() throws {
        let lives = try Lives(600, named: "CRON")
        var count = 0
        for seed in lives.seeds {
            var question = try Case(seed: seed)
            let limit = question.cron.hasSeconds ? 5_000 : 130_000
            let change = question.generator.change(in: question.zone)
            let from = change - question.generator.distance(upTo: limit)
            let span = from..<(change + 1 + question.generator.distance(upTo: limit))
            let slow = SlowCron(cron: question.cron, zone: question.zone, rules: question.rules)
            let expected = slow.firings(in: span)
            var (forward, backward): ([Int], [Int]) = ([], [])
            var instant = span.lowerBound - 1
            while let next = question.timetable.nextWithSteps(after: instant).instant,
                span.contains(next), forward.count < 100
            {
                forward.append(next)
                instant = next
            }
            instant = span.upperBound
            while let last = question.timetable.previousWithSteps(before: instant).instant,
                span.contains(last), backward.count < 100
            {
                backward.insert(last, at: 0)
                instant = last
            }
            count += forward.count
            try #require(
                forward == Array(expected.prefix(100)) && backward == Array(expected.suffix(100)),
                "\(question.story) from \(span.lowerBound) to \(span.upperBound)"
            )
        }
        #expect(count > 2_000 || lives.isReplay)
    }

    @Test func `the first firing is on the first day that the expression means`() throws {
        for seed in try Lives(400, named: "CRON").seeds {
            var question = try Case(seed: seed)
            let timetable = try Timetable(
                question.cron.text,
                rules: question.rules,
                name: CronGenerator.name
            )
            let slow = SlowCron(cron: question.cron, zone: .utc, rules: question.rules)
            let day = question.generator.instant() / 86_400
            let expected = slow.firstDay(from: day)
            let found = timetable.nextWithSteps(after: day * 86_400 - 1).instant
            if let expected {
                #expect(found.map { $0 / 86_400 } == expected, "\(question.story), day \(day)")
            } else {
                // Beyond the walker's calendar, or never.
                #expect(found.map { $0 > 4_133_894_400 } ?? true, "\(question.story), day \(day)")
            }
        }
    }

    @Test func `next is later, the same for all between, and the inverse of previous`() throws {
        for seed in try Lives(600, named: "CRON").seeds {
            var question = try Case(seed: seed)
            let timetable = question.timetable
            let moment = WallTime(
                milliseconds: Int64(question.generator.instant()) * 1_000
                    + Int64.random(in: 0..<1_000, using: &question.generator.random)
            )
            guard let next = timetable.next(after: moment) else {
                let later = moment + .seconds(question.generator.distance(upTo: 1 << 40))
                #expect(timetable.next(after: later) == nil, "\(question.story)")
                continue
            }
            #expect(next > moment && next.milliseconds % 1_000 == 0, "\(question.story)")
            for _ in 0..<3 {
                let between = WallTime(
                    milliseconds: Int64.random(
                        in: moment.milliseconds..<next.milliseconds,
                        using: &question.generator.random
                    )
                )
                #expect(timetable.next(after: between) == next, "\(question.story)")
            }
            #expect(timetable.next(after: next + .milliseconds(-1)) == next, "\(question.story)")
            #expect(
                timetable.previous(before: next + .milliseconds(1)) == next,
                "\(question.story)"
            )
            if let second = timetable.next(after: next) {
                #expect(second > next, "\(question.story)")
                #expect(timetable.previous(before: second) == next, "\(question.story)")
            }
            if let previous = timetable.previous(before: next) {
                #expect(previous <= moment, "\(question.story)")
                #expect(timetable.next(after: previous) == next, "\(question.story)")
            }
        }
    }

    @Test func `no question takes more than a bounded number of steps`() throws {
        var most = 0
        for seed in try Lives(400, named: "CRON").seeds {
            var question = try Case(seed: seed)
            let instant = question.generator.instant()
            let next = question.timetable.nextWithSteps(after: instant).steps
            let previous = question.timetable.previousWithSteps(before: instant).steps
            most = max(most, next, previous)
        }
        #expect(most <= Self.maxSteps)
    }
}
