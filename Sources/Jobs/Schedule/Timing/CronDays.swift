import Codecs

/// The days on which a timetable fires.
///
/// Which days of a month these are depends on its length and on the weekday it begins with, so they
/// are worked out once for the 28 kinds of months.
struct CronDays: Sendable, Hashable {
    private static let shortest = 28

    private let months: NumberSet
    /// By length and first weekday.
    private let days: [NumberSet]

    /// Days that both fields allow, or one of them, as the rule says.
    init(months: NumberSet, ofMonth: CronField, ofWeek: CronField, rule: DayRule) {
        self.months = months
        let isUnion = rule == .or && !ofMonth.isWild && !ofWeek.isWild
        days = (0..<28)
            .map { kind in
                let (length, weekday) = (Self.shortest + kind / 7, kind % 7)
                let left = ofMonth.daysOfMonth(length: length, startingOn: weekday)
                let right = ofWeek.daysOfWeek(length: length, startingOn: weekday)
                return isUnion ? left.union(right) : left.intersection(right)
            }
    }

    /// Whether there is any such day at all: in 400 years each month begins with each weekday,
    /// a February of either length included.
    var isPossible: Bool {
        (1...12)
            .contains { month in
                guard months.contains(month) else { return false }
                let lengths = month == 2 ? [28, 29] : [CivilDate.length(ofMonth: month, in: 1)]
                return lengths.contains { length in
                    (0..<7).contains { !matches(length: length, startingOn: $0).isEmpty }
                }
            }
    }

    /// The first such day from `day` to `limit`, both counted from 1970.
    func first(from day: Int, through limit: Int, _ steps: inout Int) -> Int? {
        let date = CivilDate(daysSince1970: day)
        var (year, month, from) = (date.year, date.month, date.day)
        var start = day - date.day + 1
        while start <= limit {
            steps += 1
            let length = CivilDate.length(ofMonth: month, in: year)
            if months.contains(month),
                let match = matches(length, start).first(from: from)
            {
                let found = start + match - 1
                return found <= limit ? found : nil
            }
            (start, from) = (start + length, 1)
            (year, month) = month == 12 ? (year + 1, 1) : (year, month + 1)
        }
        return nil
    }

    /// The last such day from `limit` to `day`, both counted from 1970.
    func last(through day: Int, from limit: Int, _ steps: inout Int) -> Int? {
        let date = CivilDate(daysSince1970: day)
        var (year, month, through) = (date.year, date.month, date.day)
        var start = day - date.day + 1
        while start + through > limit {
            steps += 1
            let length = CivilDate.length(ofMonth: month, in: year)
            if months.contains(month),
                let match = matches(length, start).last(through: through)
            {
                let found = start + match - 1
                return found >= limit ? found : nil
            }
            (year, month) = month == 1 ? (year - 1, 12) : (year, month - 1)
            through = CivilDate.length(ofMonth: month, in: year)
            start -= through
        }
        return nil
    }

    private func matches(_ length: Int, _ start: Int) -> NumberSet {
        matches(length: length, startingOn: CivilDate.weekday(daysSince1970: start))
    }

    private func matches(length: Int, startingOn weekday: Int) -> NumberSet {
        days[(length - Self.shortest) * 7 + weekday]
    }
}
