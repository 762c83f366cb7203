import Codecs
import Jobs
import Telemetry

/// Firings as text for a terminal: by the clocks of their zone, in UTC, and what the clocks do.
struct ForecastTable {
    private static let weekdays = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"]
    private static let columns = (local: 32, utc: 22)

    let zone: ZoneRules
    /// The name of the zone.
    let zoneName: String

    /// The line above all others.
    var head: String {
        let local = zoneName.shortened(to: Self.columns.local - 2)
        return local.padded(to: Self.columns.local) + "UTC"
    }

    /// A line for each firing, in the order that the range asks for.
    func lines(of firings: [WallTime], in range: ForecastRange) -> [String] {
        firings.indices.map { index in
            // What went before it in time, whatever the order of the lines.
            let last =
                range.isBackwards
                ? firings.dropFirst(index + 1).first
                : index > 0 ? firings[index - 1] : range.from
            return line(of: firings[index], after: last)
        }
    }

    /// A line for one firing; `last` is what went before it.
    func line(of firing: WallTime, after last: WallTime?) -> String {
        let local = local(firing).padded(to: Self.columns.local)
        guard let note = ClockNote(firing, after: last, in: zone) else {
            return local + firing.secondsText
        }
        return local + firing.secondsText.padded(to: Self.columns.utc) + note.text
    }

    private func local(_ firing: WallTime) -> String {
        let second = Int(firing.milliseconds).floored(by: 1_000)
        let offset = zone.offset(at: second)
        let day = (second + offset).floored(by: CivilDate.secondsPerDay)
        let weekday = Self.weekdays[CivilDate.weekday(daysSince1970: day)]
        return "\(weekday) \(firing.localText(offset: offset)) \(Self.text(offset: offset))"
    }

    /// `+01:00`, with seconds where there are any.
    private static func text(offset: Int) -> String {
        let (minutes, seconds) = abs(offset).quotientAndRemainder(dividingBy: 60)
        let parts = [minutes / 60, minutes % 60] + (seconds > 0 ? [seconds] : [])
        let digits = parts.map { $0 < 10 ? "0\($0)" : "\($0)" }.joined(separator: ":")
        return (offset < 0 ? "-" : "+") + digits
    }
}
