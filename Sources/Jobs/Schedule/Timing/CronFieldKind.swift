/// The fields of a cron expression, in the order in which they stand.
enum CronFieldKind: Int, Sendable, CaseIterable {
    case second
    case minute
    case hour
    case dayOfMonth
    case month
    case dayOfWeek

    /// In messages.
    var name: String {
        switch self {
        case .second: "second"
        case .minute: "minute"
        case .hour: "hour"
        case .dayOfMonth: "day of the month"
        case .month: "month"
        case .dayOfWeek: "day of the week"
        }
    }

    /// Numbers that may be written; 7 is Sunday, too.
    var range: ClosedRange<Int> {
        switch self {
        case .second, .minute: 0...59
        case .hour: 0...23
        case .dayOfMonth: 1...31
        case .month: 1...12
        case .dayOfWeek: 0...7
        }
    }

    /// Numbers that mean different things.
    var values: ClosedRange<Int> { self == .dayOfWeek ? 0...6 : range }

    /// Numbers that a hashed value is taken from: every month has them.
    var hashed: ClosedRange<Int> { self == .dayOfMonth ? 1...28 : values }

    var isDay: Bool { self == .dayOfMonth || self == .dayOfWeek }

    /// What may stand in the field.
    var allowed: String {
        let numbers = "\(name) may be \(range.lowerBound) to \(range.upperBound)"
        let common = "*, lists, ranges a-b, steps /n, H"
        return switch self {
        case .second, .minute, .hour: "\(numbers), \(common)"
        case .dayOfMonth: "\(numbers), ?, L, L-3, 15W, LW, \(common)"
        case .month: "\(numbers), JAN to DEC, \(common)"
        case .dayOfWeek: "\(numbers) (0 and 7 are Sunday), SUN to SAT, ?, FRI#2, FRIL, \(common)"
        }
    }

    /// The number of a name, short or whole, in capitals.
    func number(named name: String) -> Int? {
        guard name.count >= 3 else { return nil }
        return Self.names[self]?.firstIndex { $0 == name || $0.prefix(3) == name }
            .map { $0 + range.lowerBound }
    }

    private static let names: [CronFieldKind: [String]] = [
        .month: [
            "JANUARY", "FEBRUARY", "MARCH", "APRIL", "MAY", "JUNE", "JULY", "AUGUST", "SEPTEMBER",
            "OCTOBER", "NOVEMBER", "DECEMBER",
        ],
        .dayOfWeek: [
            "SUNDAY", "MONDAY", "TUESDAY", "WEDNESDAY", "THURSDAY", "FRIDAY", "SATURDAY",
        ],
    ]
}
