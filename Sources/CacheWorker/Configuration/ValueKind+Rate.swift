import Jobs

extension ValueKind<JobRate?> {
    private static let word = "off"
    private static let maxJobs = 1_000_000
    private static let periods = Duration.milliseconds(1) ... .seconds(86_400)

    /// So many in a time, `500/s`, `30/m` or `1/10s`; `off` for none.
    static let rate = ValueKind(
        metavariable: "RATE",
        read: { text throws(ValueFault) in
            guard text != word else { return nil }
            let sides = text.split(separator: "/", omittingEmptySubsequences: false)
            guard sides.count == 2, let jobs = Int(sides[0]), (1...maxJobs).contains(jobs),
                let period = DurationText.read(periodText(sides[1])), periods.contains(period)
            else {
                throw .mustBe("a rate such as 500/s, 30/m or 1/10s, up to \(maxJobs), or off")
            }
            return JobRate(jobs, per: period)
        },
        text: { rate in
            guard let rate else { return word }
            let period = DurationText.text(rate.period)
            let isOne = period.hasPrefix("1") && !period.dropFirst().contains(where: \.isNumber)
            return "\(rate.jobs)/\(isOne ? String(period.dropFirst()) : period)"
        }
    )

    /// A unit alone means one of it.
    private static func periodText(_ text: Substring) -> String {
        text.first?.isLetter == true ? "1\(text)" : String(text)
    }
}
