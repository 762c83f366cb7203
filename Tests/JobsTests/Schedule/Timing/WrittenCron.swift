@testable import Jobs

/// A cron expression together with what it means, told by who wrote it.
struct WrittenCron {
    struct Field {
        var text: String
        /// Whether it begins with a star, or what stands for one.
        var isWild: Bool
        var items: [Item]

        func contains(_ number: Int) -> Bool {
            items.contains {
                if case .values(let values) = $0 { values.contains(number) } else { false }
            }
        }
    }

    /// One item of the list that a field is.
    enum Item {
        case values([Int])
        /// So many days before the last one of the month.
        case last(Int)
        /// The workday nearest to a day of the month.
        case workday(Int)
        /// The workday nearest to so many days before the last one.
        case lastWorkday(Int)
        /// The weekdays that are the n-th of their month.
        case nth([Int], Int)
        case lastWeekday(Int)
    }

    /// A day as a calendar on the wall shows it.
    struct Day {
        var month: Int
        var number: Int
        /// How long the month is.
        var length: Int
        /// 0 for Sunday.
        var weekday: Int
    }

    /// Six fields, the second first.
    var fields: [Field]
    /// Whether the second is written.
    var hasSeconds: Bool

    var text: String {
        fields.dropFirst(hasSeconds ? 0 : 1).map(\.text).joined(separator: " ")
    }

    /// Whether it runs by elapsed time, in cronie's sense.
    var isFrequent: Bool { fields[1].isWild || fields[2].isWild }

    func matches(secondOfDay second: Int) -> Bool {
        fields[0].contains(second % 60) && fields[1].contains(second / 60 % 60)
            && fields[2].contains(second / 3_600)
    }

    func matches(_ day: Day, _ rule: DayRule) -> Bool {
        guard fields[4].contains(day.month) else { return false }
        let (ofMonth, ofWeek) = (fields[3], fields[5])
        let isInMonth = ofMonth.items.contains { $0.meansMonthDay(day) }
        let isInWeek = ofWeek.items.contains { $0.meansWeekday(day) }
        return rule == .and || ofMonth.isWild || ofWeek.isWild
            ? isInMonth && isInWeek : isInMonth || isInWeek
    }
}

extension WrittenCron.Item {
    fileprivate func meansMonthDay(_ day: WrittenCron.Day) -> Bool {
        switch self {
        case .values(let values): values.contains(day.number)
        case .last(let before): day.number == day.length - before
        case .workday(let number): day.number == day.workday(nearest: min(number, day.length))
        case .lastWorkday(let before):
            before < day.length && day.number == day.workday(nearest: day.length - before)
        case .nth, .lastWeekday: false
        }
    }

    fileprivate func meansWeekday(_ day: WrittenCron.Day) -> Bool {
        switch self {
        case .values(let values): values.contains(day.weekday)
        case .nth(let weekdays, let number):
            weekdays.contains(day.weekday) && (day.number - 1) / 7 + 1 == number
        case .lastWeekday(let weekday):
            day.weekday == weekday && day.number + 7 > day.length
        case .last, .workday, .lastWorkday: false
        }
    }
}

extension WrittenCron.Day {
    /// Of all days from Monday to Friday in this month the one that is least far away.
    fileprivate func workday(nearest target: Int) -> Int? {
        (1...length)
            .filter { (1...5).contains((weekday + $0 - number + 70) % 7) }
            .min { abs($0 - target) < abs($1 - target) }
    }
}
