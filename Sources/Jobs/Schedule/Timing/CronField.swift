/// What one field of a cron expression allows, besides plain numbers what only days can say.
struct CronField: Sendable, Hashable {
    /// Whether it begins with a star, so that it is not what decides.
    var isWild = false
    /// Plain numbers; weekdays from 0 for Sunday.
    var numbers = NumberSet()
    /// Days before the last one of the month: 0 for `L`, 3 for `L-3`.
    var fromLast = NumberSet()
    /// Days whose nearest weekday is meant: 15 for `15W`.
    var workdays = NumberSet()
    /// Days before the last one whose nearest weekday is meant: 0 for `LW`.
    var workdaysFromLast = NumberSet()
    /// The weekdays that are the n-th of their month, as weekday * 8 + n.
    var nth = NumberSet()
    /// The weekdays that are the last of their month.
    var lastOfMonth = NumberSet()

    /// The days of a month that this field allows as a day of the month.
    func daysOfMonth(length: Int, startingOn weekday: Int) -> NumberSet {
        var days = numbers.intersection(NumberSet(1...length))
        for before in 0..<length {
            let day = length - before
            if fromLast.contains(before) { days.insert(day) }
            if workdaysFromLast.contains(before) {
                days.insert(Self.workday(nearest: day, length, weekday))
            }
        }
        for day in 1...31 where workdays.contains(day) {
            days.insert(Self.workday(nearest: min(day, length), length, weekday))
        }
        return days
    }

    /// The days of a month that this field allows as a day of the week.
    func daysOfWeek(length: Int, startingOn weekday: Int) -> NumberSet {
        var days = NumberSet()
        for day in 1...length {
            let weekday = (weekday + day - 1) % 7
            let isMeant =
                numbers.contains(weekday) || nth.contains(weekday * 8 + (day + 6) / 7)
                || (day + 7 > length && lastOfMonth.contains(weekday))
            if isMeant { days.insert(day) }
        }
        return days
    }

    /// The day from Monday to Friday of the same month that is nearest.
    private static func workday(nearest day: Int, _ length: Int, _ first: Int) -> Int {
        switch (first + day - 1) % 7 {
        case 0: day < length ? day + 1 : day - 2
        case 6: day > 1 ? day - 1 : day + 2
        default: day
        }
    }
}
