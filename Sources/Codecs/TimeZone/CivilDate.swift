/// A day of the Gregorian calendar, of any year: the calendar is taken to have always been in use.
///
/// Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": years are counted from March, so
/// that a leap day ends its year.
public struct CivilDate: Sendable, Hashable {
    /// Seconds of a day of UTC.
    public static let secondsPerDay = 86_400
    /// After so many days the calendar repeats itself, weekdays included.
    public static let daysPerCycle = 146_097

    /// The year; 0 is the one before 1.
    public let year: Int
    /// From 1 to 12.
    public let month: Int
    /// From 1 to the length of the month.
    public let day: Int

    /// A day by its numbers; the caller has seen to it that there is such a day.
    public init(year: Int, month: Int, day: Int) {
        self.year = year
        self.month = month
        self.day = day
    }

    /// The day that is so many days after the first one of 1970; negative numbers lie before it.
    public init(daysSince1970 days: Int) {
        let shifted = days + 719_468
        let era = shifted.floored(by: Self.daysPerCycle)
        let dayOfEra = shifted - era * Self.daysPerCycle
        let leapDays = dayOfEra / 1_460 - dayOfEra / 36_524 + dayOfEra / 146_096
        let yearOfEra = (dayOfEra - leapDays) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let month = (5 * dayOfYear + 2) / 153
        self.init(
            year: yearOfEra + era * 400 + (month >= 10 ? 1 : 0),
            month: month < 10 ? month + 3 : month - 9,
            day: dayOfYear - (153 * month + 2) / 5 + 1
        )
    }

    /// How many days lie between the first one of 1970 and this one.
    public var daysSince1970: Int {
        let year = month <= 2 ? year - 1 : year
        let era = year.floored(by: 400)
        let yearOfEra = year - era * 400
        let dayOfYear = (153 * ((month + 9) % 12) + 2) / 5 + day - 1
        let dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear
        return era * Self.daysPerCycle + dayOfEra - 719_468
    }

    /// How many days a month has.
    public static func length(ofMonth month: Int, in year: Int) -> Int {
        switch month {
        case 2: isLeap(year) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
    }

    /// Whether a year has 366 days.
    public static func isLeap(_ year: Int) -> Bool {
        year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    }

    /// The weekday of a day, 0 for Sunday.
    public static func weekday(daysSince1970 days: Int) -> Int {
        // 1970 began on a Thursday.
        days + 4 - (days + 4).floored(by: 7) * 7
    }
}

extension Int {
    /// The quotient, rounded down also for negative numbers.
    public func floored(by divisor: Int) -> Int {
        let quotient = self / divisor
        return self % divisor < 0 ? quotient - 1 : quotient
    }
}
