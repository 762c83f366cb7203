import Codecs
import Jobs
import Telemetry

/// Firings as text for a terminal: in UTC, by the clocks of their zone, and what the clocks do.
struct ForecastTable {
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let columns = (utc: 22, local: 32, name: 24)

    /// Whether lines tell whose firing it is.
    let hasNames: Bool

    /// The line above all others; `zone` is what the second column means.
    func head(_ zone: String) -> String {
        let local = zone.shortened(to: Self.columns.local - 2)
        let head = "UTC".padded(to: Self.columns.utc) + local
        guard hasNames else { return head }
        return head.padded(to: Self.columns.utc + Self.columns.local) + "ENTRY"
    }

    /// A line for one firing.
    func line(_ firing: WallTime, in zone: ZoneRules, name: String, note: ClockNote?) -> String {
        var line = firing.secondsText.padded(to: Self.columns.utc)
        line += Self.local(firing, in: zone)
        guard hasNames || note != nil else { return line }
        line = line.padded(to: Self.columns.utc + Self.columns.local)
        if hasNames { line += note == nil ? name : name.padded(to: Self.columns.name) + " " }
        return line + (note?.text ?? "")
    }

    private static func local(_ firing: WallTime, in zone: ZoneRules) -> String {
        let second = Int(firing.milliseconds).floored(by: 1_000)
        let offset = zone.offset(at: second)
        let day = (second + offset).floored(by: CivilDate.secondsPerDay)
        let weekday = weekdays[CivilDate.weekday(daysSince1970: day)]
        return "\(weekday) \(firing.localText(offset: offset)) \(text(offset: offset))"
    }

    /// `+01:00`, with seconds where there are any.
    private static func text(offset: Int) -> String {
        let (minutes, seconds) = abs(offset).quotientAndRemainder(dividingBy: 60)
        let parts = [minutes / 60, minutes % 60] + (seconds > 0 ? [seconds] : [])
        let digits = parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        return (offset < 0 ? "-" : "+") + digits
    }
}
