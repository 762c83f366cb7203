import Codecs
import Telemetry
import TestSupport
import Testing

@testable import Jobs

@Suite struct TimetableEdgeTests {
    /// Without a bound, any of these would be looked for until the end of time.
    @Test(arguments: [
        ("0 0 30 2 *", "UTC"), ("0 0 31 2,4,6,9,11 *", "Europe/Berlin"), ("0 0 L-30 2,4 *", "UTC"),
        ("0 0 L-29 2 ?", "Africa/Cairo"), ("0 0 30W,31W 2 6#1", "UTC"),
        // The gap of the last Sunday in March, which is left out each year.
        ("30 2 * 3 SunL", "Europe/Berlin"), ("15,45 2 25-31 3 7", "Europe/Berlin"),
    ])
    func `a date that never comes is never, after a bounded search`(
        text: String,
        zone: String
    ) throws {
        for day in DayRule.allCases {
            let timetable = try Timetable(
                text,
                zone: try SystemZones.zone(zone),
                rules: Timetable.Rules(
                    days: text.hasSuffix("*") || text.hasSuffix("?") ? day : .and,
                    clockChanges: ClockChangePolicy(gap: .skip)
                )
            )
            for year in [1997, 2026, 2100] {
                let start = CivilDate(year: year, month: 1, day: 1).daysSince1970 * 86_400
                let (next, steps) = timetable.nextWithSteps(after: start)
                #expect(next == nil && steps <= 25_000, "\(text) after \(steps) steps")
            }
        }
    }

    @Test func `a date that comes once in many years is found`() throws {
        let leap = try Timetable("0 0 29 2 *")
        #expect(
            leap.next(after: try #require(WallTime("2096-02-29T00:00:00Z")))?.text.prefix(10)
                == "2104-02-29"
        )
        // The 29th of February is a Friday each 28 years.
        let friday = try Timetable("0 0 29 2 FRI", rules: Timetable.Rules(days: .and))
        #expect(
            friday.next(after: try #require(WallTime("2064-02-29T00:00:00Z")))?.text.prefix(10)
                == "2092-02-29"
        )
    }

    @Test func `a step behind a range of one number does not go beyond it`() throws {
        for (text, same) in [("5-5/1 * * * *", "5 * * * *"), ("0 0 1 Jan-1/1 *", "0 0 1 1 *")] {
            let (found, expected) = (try Timetable(text), try Timetable(same))
            for instant in [0, 400, 86_400 * 40] {
                #expect(
                    found.nextWithSteps(after: instant).instant
                        == expected.nextWithSteps(after: instant).instant,
                    "\(text)"
                )
            }
        }
    }

    @Test(arguments: [1, 7, 90, 3_600, 86_400, 36_525 * 86_400])
    func `intervals are the multiples of their length`(seconds: Int) throws {
        let timetable = try Timetable("@every \(seconds)s")
        var random = SeededGenerator(seed: UInt64(seconds))
        for _ in 0..<200 {
            let instant = Int.random(in: 0..<4_133_894_400, using: &random)
            #expect(
                timetable.nextWithSteps(after: instant).instant
                    == (instant / seconds + 1) * seconds
            )
            #expect(
                timetable.previousWithSteps(before: instant + 1).instant
                    == instant / seconds * seconds
            )
        }
    }

    @Test func `a hashed entry keeps its place, and many spread evenly`() throws {
        var counts = [Int](repeating: 0, count: 60)
        for number in 0..<6_000 {
            let timetable = try Timetable("H * * * *", name: "entry-\(number)")
            let first = timetable.nextWithSteps(after: -1).instant ?? -1
            #expect(timetable.nextWithSteps(after: first).instant == first + 3_600)
            counts[first / 60] += 1
        }
        // A hundred each; with chance alone, one of sixty is out of this once in a million times.
        #expect(counts.allSatisfy { (45...165).contains($0) }, "\(counts)")
    }

    /// Of each expression a character is replaced, taken out or doubled.
    @Test func `a mangled expression is refused with its place, or is one that goes on`() throws {
        let characters = Array("*/-,#LWH?()0123456789 @AMONx\u{E9}\u{1F980}\t.")
        let lives = try Lives(3_000, named: "CRON")
        var refused = 0
        for seed in lives.seeds {
            var generator = CronGenerator(seed: seed)
            var text = Array(generator.expression().text)
            let index = Int.random(in: text.indices, using: &generator.random)
            let character = characters[Int.random(in: characters.indices, using: &generator.random)]
            switch Int.random(in: 0..<3, using: &generator.random) {
            case 0: text[index] = character
            case 1: text.remove(at: index)
            default: text.insert(character, at: index)
            }
            let instant = generator.instant()
            do throws(TimingError) {
                let timetable = try Timetable(String(text), name: CronGenerator.name)
                let next = timetable.nextWithSteps(after: instant).instant
                #expect(next ?? .max > instant, "\(seed): \(String(text))")
            } catch {
                refused += 1
                #expect(
                    (1...text.count + 1).contains(error.column) && !error.message.isEmpty,
                    "\(seed): \(String(text)): \(error)"
                )
            }
        }
        #expect(refused > 500 || lives.isReplay)
    }
}
