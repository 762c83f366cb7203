import Jobs
import Telemetry

extension ParsedArguments {
    private static let usualForecast = 10
    private static let forecasts = 1...100_000

    /// The one operand, which is the name of an entry.
    func operandName() throws(ArgumentFault) -> String {
        try expectOperands(1...1)
        return try Self.name(operands[0], "the name of an entry")
    }

    /// Whether expression or entries are meant, and which firings of them.
    func nextAction() throws(ArgumentFault) -> ScheduleCommand.Action {
        let range = ForecastRange(
            from: try value("--from", as: .moment),
            count: try value("--count", as: .count(Self.forecasts)) ?? Self.usualForecast,
            isBackwards: has("--previous")
        )
        guard let expression = value("--cron") else {
            for option in ["--tz", "--dst", "--days", "--name"] where has(option) {
                throw ArgumentFault("\(option) means nothing without --cron='30 2 * * *'")
            }
            var names: [String] = []
            for operand in operands {
                let name = try Self.name(operand, "the name of an entry")
                if !names.contains(name) { names.append(name) }
            }
            return .next(names, range)
        }
        try expectOperands(0...0)
        return .forecast(
            CronForecast(
                expression: expression,
                zone: value("--tz") ?? ScheduleTiming.usualZone,
                rules: Timetable.Rules(
                    days: try value("--days", as: .word("RULE")) ?? .or,
                    clockChanges: try value("--dst", as: .clockChanges) ?? .cronie
                ),
                name: try value("--name")
                    .map { (name) throws(ArgumentFault) in
                        try Self.name(name, "--name")
                    },
                range: range
            )
        )
    }

    private static func name(_ text: String, _ what: String) throws(ArgumentFault) -> String {
        guard ScheduleEntry.isName(text) else {
            throw ArgumentFault("\(what) must be \(ScheduleEntry.nameRule), not \"\(text)\"")
        }
        return text
    }
}

extension ValueKind<WallTime> {
    /// An RFC 3339 timestamp.
    static let moment = ValueKind(
        metavariable: "TIME",
        read: { text throws(ValueFault) in
            guard let moment = WallTime(text) else {
                throw .mustBe("an RFC 3339 timestamp such as 2026-11-20T09:00:00Z")
            }
            return moment
        },
        text: \.text
    )
}

extension ValueKind<ClockChangePolicy> {
    /// What happens where clocks are put.
    static let clockChanges = ValueKind(
        metavariable: "POLICY",
        read: { text throws(ValueFault) in
            guard let policy = ClockChangePolicy(text) else {
                throw .mustBe(ClockChangePolicy.allowed)
            }
            return policy
        },
        text: \.text
    )
}
