import Jobs
import Telemetry

/// Entries and their firings as text for a terminal.
///
/// All that comes from outside is cleared of control characters: a reason must not move a cursor.
enum ScheduleTable {
    private static let widths = (name: 28, state: 10, origin: 9, next: 22)
    private static let historyWidths = (instant: 26, fired: 26, delay: 12, cause: 11)

    /// The line above all entries.
    static let head =
        "ENTRY".padded(to: widths.name) + " " + "STATE".padded(to: widths.state)
        + "FROM".padded(to: widths.origin) + "NEXT".padded(to: widths.next) + "WHEN"

    /// A line about an entry, and below it why it is paused, or cannot be read.
    static func lines(of listing: ScheduleListing) -> [String] {
        switch listing {
        case .readable(let record): lines(of: record)
        case .unreadable(let name, let error):
            [
                name.padded(to: widths.name) + " " + ScheduleListing.unreadableState,
                "    \(error.message.printable)",
            ]
        }
    }

    private static func lines(of record: ScheduleRecord) -> [String] {
        let line =
            record.entry.name.padded(to: widths.name) + " "
            + record.state.rawValue.padded(to: widths.state)
            + record.origin.rawValue.padded(to: widths.origin)
            + (record.next?.secondsText ?? "-").padded(to: widths.next)
            + record.entry.timing.text.printable
        return [line] + (record.pause.map { ["    paused \($0.text)"] } ?? [])
    }

    /// The line above all firings.
    static let historyHead =
        "INSTANT".padded(to: historyWidths.instant) + "FIRED".padded(to: historyWidths.fired)
        + "DELAY".padded(to: historyWidths.delay) + "CAUSE".padded(to: historyWidths.cause)
        + "OUTCOME"

    /// A line about a firing.
    static func line(of run: ScheduleRun) -> String {
        run.instant.text.padded(to: historyWidths.instant)
            + run.firedAt.text.padded(to: historyWidths.fired)
            + DurationText.text(run.delay).padded(to: historyWidths.delay)
            + run.cause.rawValue.padded(to: historyWidths.cause)
            + run.word.printable + (run.settledAt.map { " at \($0.text)" } ?? "")
    }
}

extension ScheduleRecord.Pause {
    /// Who, when and why, behind the word paused.
    var text: String {
        let why = reason.isEmpty ? "" : ": \(reason.printable)"
        return "by \(by.printable) since \(since.secondsText)\(why)"
    }
}
