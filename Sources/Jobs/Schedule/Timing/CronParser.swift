/// Reads a cron expression of five or six fields, or one of the names for them.
enum CronParser: Sendable {
    private static let nicknames: [String: String] = [
        "@yearly": "0 0 1 1 *", "@annually": "0 0 1 1 *", "@monthly": "0 0 1 * *",
        "@weekly": "0 0 * * 0", "@daily": "0 0 * * *", "@midnight": "0 0 * * *",
        "@hourly": "0 * * * *",
    ]

    /// What an `@` may be followed by.
    static let allowedNames =
        "@yearly, @annually, @monthly, @weekly, @daily, @midnight, @hourly, @every 90s, "
        + "@at 2026-11-20T09:00:00Z"

    /// The fields of a nickname; nil when it is none.
    static func expression(named name: String) -> String? { nicknames[name.lowercased()] }

    /// The pattern that an expression stands for; without a spread there can be no `H`.
    static func pattern(
        _ text: String,
        days rule: DayRule,
        spread: HashedSpread?
    ) throws(TimingError) -> CronPattern {
        let words = words(of: text)
        guard (5...6).contains(words.count) else {
            throw TimingError(
                "there are \(words.count) fields; five are wanted (minute, hour, day of the month, "
                    + "month, day of the week), or six with the second before them, or one of "
                    + allowedNames
            )
        }
        var fields: [CronField] = []
        var kinds = CronFieldKind.allCases
        if words.count == 5 { kinds.removeFirst() }
        for (word, kind) in zip(words, kinds) {
            var parser = CronFieldParser(word.text, kind, column: word.column, spread: spread)
            fields.append(try parser.parse())
        }
        let last = fields.count - 1
        let (minutes, hours) = (fields[last - 4], fields[last - 3])
        return CronPattern(
            days: CronDays(
                months: fields[last - 1].numbers,
                ofMonth: fields[last - 2],
                ofWeek: fields[last],
                rule: rule
            ),
            times: ClockTimes(
                hours: hours.numbers,
                minutes: minutes.numbers,
                seconds: last == 5 ? fields[0].numbers : NumberSet(0...0)
            ),
            isFrequent: minutes.isWild || hours.isWild
        )
    }

    /// The words of a text with their columns.
    private static func words(of text: String) -> [(text: Substring, column: Int)] {
        text.split { $0 == " " || $0 == "\t" }
            .map { ($0, text.distance(from: text.startIndex, to: $0.startIndex) + 1) }
    }
}
