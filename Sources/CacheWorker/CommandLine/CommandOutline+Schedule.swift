import Jobs

extension CommandOutline {
    /// `schedule` and its commands.
    static let schedule = [scheduleNext]

    private static let scheduleNext = CommandOutline(
        words: ["schedule", "next"],
        operands: "",
        summary: "Tell when a cron expression fires",
        note: """
            Needs no server. Times are told by the clocks of the zone and in UTC, with a warning
            where clocks are put. Fewer than asked for: it does not fire again.
            """,
        options: [
            .value("--cron", "EXPR", "Five fields, six with the second first, or as @hourly"),
            .value("--tz", "ZONE", "IANA name of the zone it means (default: UTC)"),
            .value("--dst", "POLICY", "What happens where clocks are put (default: cronie)"),
            .value("--days", "RULE", "or, and: what two restricted fields of days mean"),
            .value("--name", "NAME", "Name of the entry, which H goes by"),
            .value("--from", "TIME", "The moment they follow, in RFC 3339 (default: now)"),
            .value("--count", "NUMBER", "How many at most (default: 10)"),
            .toggle("--previous", "Those before the moment, the last one first"), .json,
        ],
        takesSettings: false,
        examples: [
            "schedule next --cron @hourly --tz Europe/Berlin --count 3",
            "schedule next --cron @daily --from 2026-11-20T09:00:00Z --previous --json",
        ],
        command: { arguments throws(ArgumentFault) in
            try arguments.expectOperands(0...0)
            guard let expression = arguments.value("--cron") else {
                throw ArgumentFault("--cron is missing: --cron='30 2 * * *'")
            }
            let forecast = CronForecast(
                expression: expression,
                zone: arguments.value("--tz") ?? ScheduleTiming.usualZone,
                rules: try arguments.timetableRules(),
                name: try arguments.entryName(),
                range: try arguments.forecastRange()
            )
            return .schedule(ScheduleCommand(.forecast(forecast), arguments))
        }
    )
}

extension ScheduleCommand {
    fileprivate init(_ action: Action, _ arguments: ParsedArguments) {
        self.init(action: action, isJSON: arguments.has(Option.json.name))
    }
}
