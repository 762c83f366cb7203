import Codecs
import Telemetry
import TestSupport

@testable import Jobs

/// Writes random cron expressions of all that may stand in one, and asks random questions.
struct CronGenerator {
    static let name = "spread"
    /// The years 1970 to 2100, less what a walk needs around them.
    static let instants = 30 * 86_400...4_133_894_400 - 30 * 86_400

    var random: SeededGenerator

    init(seed: UInt64) { random = SeededGenerator(seed: seed) }

    // MARK: Around the expression

    mutating func instant() -> Int { Int.random(in: Self.instants, using: &random) }

    /// A zone of the system's database.
    mutating func zone() throws -> (name: String, rules: ZoneRules) {
        let name = pick(SystemZones.names)
        return (name, try SystemZones.zone(name))
    }

    mutating func rules() -> Timetable.Rules {
        Timetable.Rules(
            days: pick(DayRule.allCases),
            clockChanges: ClockChangePolicy(
                gap: pick(ClockChangePolicy.Gap.allCases),
                overlap: pick(ClockChangePolicy.Overlap.allCases)
            )
        )
    }

    /// Where clocks are put, if they are, near a random instant; or there.
    mutating func change(in zone: ZoneRules) -> Int {
        let instant = instant()
        let period = zone.period(at: instant)
        let near = [period.start, period.end].compactMap { $0 }.filter(Self.instants.contains)
        return near.isEmpty || random.oneIn(4) ? instant : pick(near)
    }

    /// A distance of any order of magnitude.
    mutating func distance(upTo limit: Int) -> Int {
        let bits = Int.random(in: 0...(Int.bitWidth - limit.leadingZeroBitCount), using: &random)
        return min(limit, Int.random(in: 0...(1 << bits), using: &random))
    }

    // MARK: The expression

    mutating func expression() -> WrittenCron {
        let hasSeconds = random.oneIn(3)
        let fields = CronFieldKind.allCases.map { kind in
            kind == .second && !hasSeconds
                ? WrittenCron.Field(text: "0", isWild: false, items: [.values([0])]) : field(kind)
        }
        return WrittenCron(fields: fields, hasSeconds: hasSeconds)
    }

    private mutating func field(_ kind: CronFieldKind) -> WrittenCron.Field {
        // Else most spans that a walk can go through would hold no firing.
        let stars = [.month: 8, .dayOfMonth: 6, .dayOfWeek: 6][kind, default: 3]
        let isStar = Int.random(in: 0..<10, using: &random) < stars
        if isStar {
            return WrittenCron.Field(text: "*", isWild: true, items: [.values(Array(kind.values))])
        }
        var (texts, items): ([String], [WrittenCron.Item]) = ([], [])
        repeat {
            let (text, item) = item(kind)
            texts.append(text)
            items.append(item)
        } while random.oneIn(4)
        let first = texts[0]
        let isWild = first.hasPrefix("*") || first == "?" || first.uppercased().hasPrefix("H/")
        return WrittenCron.Field(
            text: texts.joined(separator: ","),
            isWild: isWild,
            items: items
        )
    }

    private mutating func item(_ kind: CronFieldKind) -> (String, WrittenCron.Item) {
        switch Int.random(in: 0..<12, using: &random) {
        case 0: return stepped("*", kind.values, kind)
        case 1 where kind.isDay: return ("?", .values(Array(kind.values)))
        case 2, 3: return range(kind)
        case 4:
            let low = Int.random(in: kind.range, using: &random)
            let numbers = low...max(low, kind.values.upperBound)
            return stepped(written(low, kind), numbers, kind)
        case 5, 6: return hashed(kind)
        case 7, 8, 9: return special(kind)
        default: return single(kind)
        }
    }

    private mutating func single(_ kind: CronFieldKind) -> (String, WrittenCron.Item) {
        let number = Int.random(in: kind.range, using: &random)
        return (written(number, kind), .values([Self.meant(number, kind)]))
    }

    /// From one number to another, perhaps over the end, perhaps with a step.
    private mutating func range(_ kind: CronFieldKind) -> (String, WrittenCron.Item) {
        let low = Int.random(in: kind.range, using: &random)
        let high = Int.random(in: kind.range, using: &random)
        let numbers = low...(high < low ? high + kind.values.count : high)
        let text = "\(written(low, kind))-\(written(high, kind))"
        if random.oneIn(2) {
            return (text, .values(numbers.map { Self.meant($0, kind) }))
        }
        return stepped(text, numbers, kind)
    }

    private mutating func stepped(
        _ text: String,
        _ numbers: ClosedRange<Int>,
        _ kind: CronFieldKind
    ) -> (String, WrittenCron.Item) {
        let step = Int.random(in: 1...numbers.count, using: &random)
        let taken = numbers.filter { ($0 - numbers.lowerBound) % step == 0 }
        return ("\(text)/\(step)", .values(taken.map { Self.meant($0, kind) }))
    }

    private mutating func hashed(_ kind: CronFieldKind) -> (String, WrittenCron.Item) {
        var (text, numbers) = (pick(["H", "h"]), kind.hashed)
        if random.oneIn(2) {
            let ends = [kind, kind].map { Int.random(in: $0.range, using: &random) }.sorted()
            numbers = ends[0]...ends[1]
            text += "(\(written(ends[0], kind))-\(written(ends[1], kind)))"
        }
        let spread = HashedSpread(name: Self.name)
        guard random.oneIn(2) else {
            let number = numbers.lowerBound + spread.number(below: numbers.count, for: kind)
            return (text, .values([Self.meant(number, kind)]))
        }
        let step = Int.random(in: 1...numbers.count, using: &random)
        let first = numbers.lowerBound + spread.number(below: step, for: kind)
        let taken = stride(from: first, through: numbers.upperBound, by: step)
        return ("\(text)/\(step)", .values(taken.map { Self.meant($0, kind) }))
    }

    /// What only days can say; of others a single number.
    private mutating func special(_ kind: CronFieldKind) -> (String, WrittenCron.Item) {
        switch (kind, Int.random(in: 0..<5, using: &random)) {
        case (.dayOfMonth, 0): return (pick(["L", "l"]), .last(0))
        case (.dayOfMonth, 1):
            let days = Int.random(in: 1...30, using: &random)
            return ("L-\(days)", .last(days))
        case (.dayOfMonth, 2): return (pick(["LW", "lw"]), .lastWorkday(0))
        case (.dayOfMonth, 3):
            let days = Int.random(in: 1...30, using: &random)
            return ("L-\(days)W", .lastWorkday(days))
        case (.dayOfMonth, _):
            let day = Int.random(in: kind.range, using: &random)
            return ("\(day)W", .workday(day))
        case (.dayOfWeek, 0), (.dayOfWeek, 1):
            let day = Int.random(in: kind.range, using: &random)
            return ("\(written(day, kind))\(pick(["L", "l"]))", .lastWeekday(day % 7))
        case (.dayOfWeek, 2):
            let (low, week) = (pick(Array(0...3)), pick(Array(1...5)))
            let days = low...(low + pick([1, 2, 3]))
            return ("\(low)-\(days.upperBound)#\(week)", .nth(Array(days), week))
        case (.dayOfWeek, _):
            let (day, week) = (Int.random(in: kind.range, using: &random), pick(Array(1...5)))
            return ("\(written(day, kind))#\(week)", .nth([day % 7], week))
        default: return single(kind)
        }
    }

    // MARK: Numbers

    private static func meant(_ number: Int, _ kind: CronFieldKind) -> Int {
        let values = kind.values
        return number > values.upperBound ? number - values.count : number
    }

    /// A number in digits, with a zero before them at times, or by its name.
    private mutating func written(_ number: Int, _ kind: CronFieldKind) -> String {
        let names: [String] =
            switch kind {
            case .month:
                [
                    "Jan", "feb", "MARCH", "apr", "May", "june", "JUL", "Aug", "september",
                    "OCT", "nov", "December",
                ]
            case .dayOfWeek: ["sun", "Mon", "TUESDAY", "WED", "thu", "Friday", "SAT"]
            default: []
            }
        guard number < names.count + kind.range.lowerBound, random.oneIn(2) else {
            return random.oneIn(6) && number < 10 ? "0\(number)" : "\(number)"
        }
        return names[number - kind.range.lowerBound]
    }

    private mutating func pick<Value>(_ values: [Value]) -> Value {
        values[Int.random(in: values.indices, using: &random)]
    }
}
