import Codecs
import Jobs
import Telemetry

extension ScheduleCommand: CommandAction {
    func run() async -> ExitStatus {
        do throws(StartError) {
            switch action {
            case .forecast(let forecast):
                let timetable = try forecast.timetable(SystemZones())
                let firings = timetable.firings(in: forecast.range, now: WallTime.now())
                tell(firings, of: forecast, timetable)
            }
            return .ok
        } catch {
            HostSystem.writeToStandardError("cacheworker: \(error)\n")
            return error.status
        }
    }

    private func tell(_ firings: [WallTime], of forecast: CronForecast, _ timetable: Timetable) {
        guard !isJSON else {
            var json = Array("{\"runs\":".utf8)
            json.appendJSONArray(firings.map(\.secondsText))
            return print(String(decoding: json, as: UTF8.self) + "}")
        }
        let table = ForecastTable(zone: timetable.zone, zoneName: forecast.zone)
        print(table.head)
        for line in table.lines(of: firings, in: forecast.range) { print(line) }
        if firings.count < forecast.range.count {
            let way = forecast.range.isBackwards ? "before that" : "after that"
            HostSystem.writeToStandardError("cacheworker: it never fires \(way)\n")
        }
    }
}

extension CronForecast {
    /// The times that are asked about.
    func timetable(_ zones: some ZoneSource) throws(StartError) -> Timetable {
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
}

extension Timetable {
    /// The firings of a range in the order that it asks for.
    func firings(in range: ForecastRange, now: WallTime) -> [WallTime] {
        var firings: [WallTime] = []
        var moment = range.from ?? now
        while firings.count < range.count {
            let found = range.isBackwards ? previous(before: moment) : next(after: moment)
            guard let found else { break }
            firings.append(found)
            moment = found
        }
        return firings
    }
}
