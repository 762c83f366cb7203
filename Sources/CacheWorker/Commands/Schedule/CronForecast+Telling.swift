import Codecs
import Jobs
import Telemetry

extension CronForecast {
    /// Prints the firings that are asked for.
    func tell(isJSON: Bool, zones: some ZoneSource) throws(StartError) {
        let timetable = try timetable(zones)
        let firings = firings(of: timetable)
        guard !isJSON else {
            var json = Array("{\"runs\":".utf8)
            json.appendJSONArray(firings.map(\.secondsText))
            return print(String(decoding: json, as: UTF8.self) + "}")
        }
        let table = ForecastTable(hasNames: false)
        print(table.head(zone))
        for index in firings.indices {
            // What went before it in time, whatever the order of the lines.
            let last =
                range.isBackwards
                ? firings.dropFirst(index + 1).first
                : index > 0 ? firings[index - 1] : range.from
            let note = ClockNote(firings[index], after: last, in: timetable.zone)
            print(table.line(firings[index], in: timetable.zone, name: "", note: note))
        }
        if firings.count < range.count {
            let way = range.isBackwards ? "before that" : "after that"
            HostSystem.writeToStandardError("cacheworker: it never fires \(way)\n")
        }
    }

    private func timetable(_ zones: some ZoneSource) throws(StartError) -> Timetable {
        let zone: ZoneRules
        do throws(ZoneError) {
            zone = try zones.zone(named: self.zone)
        } catch {
            throw StartError(.badInput, "--tz: \(error)")
        }
        do throws(TimingError) {
            return try Timetable(expression, zone: zone, rules: rules, name: name)
        } catch {
            throw StartError(.badInput, "--cron, \(error)\n\(pointer(to: error.column))")
        }
    }

    /// The expression, and below it a mark at the column.
    private func pointer(to column: Int) -> String {
        let shown = expression.map { $0.isNewline ? " " : String($0).printable }.joined()
        return "  \(shown)\n  \(String(repeating: " ", count: max(0, column - 1)))^"
    }

    private func firings(of timetable: Timetable) -> [WallTime] {
        var firings: [WallTime] = []
        var moment = range.from ?? WallTime.now()
        while firings.count < range.count {
            let found =
                range.isBackwards
                ? timetable.previous(before: moment) : timetable.next(after: moment)
            guard let found else { break }
            firings.append(found)
            moment = found
        }
        return firings
    }
}
