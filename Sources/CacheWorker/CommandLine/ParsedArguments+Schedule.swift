import Jobs
import Telemetry

extension ParsedArguments {
    private static let usualForecast = 10
    private static let forecasts = 1...100_000

    /// The firings that `--from`, `--count` and `--previous` ask for.
    func forecastRange() throws(ArgumentFault) -> ForecastRange {
        ForecastRange(
            from: try value("--from", as: .moment),
            count: try value("--count", as: .count(Self.forecasts)) ?? Self.usualForecast,
            isBackwards: has("--previous")
        )
    }

    /// What `--days` and `--dst` say.
    func timetableRules() throws(ArgumentFault) -> Timetable.Rules {
        Timetable.Rules(
            days: try value("--days", as: .word("RULE")) ?? .or,
            clockChanges: try value("--dst", as: .clockChanges) ?? .cronie
        )
    }

    /// What `--name` says.
    func entryName() throws(ArgumentFault) -> String? {
        guard let name = value("--name") else { return nil }
        guard ScheduleEntry.isName(name) else {
            throw ArgumentFault("--name must be \(ScheduleEntry.nameRule), not \"\(name)\"")
        }
        return name
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
