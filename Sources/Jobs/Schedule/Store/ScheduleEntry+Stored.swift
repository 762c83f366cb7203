import Telemetry

extension ScheduleEntry {
    /// An entry as a store has it; a newer program may have written what this one cannot read.
    public init(
        stored json: [UInt8],
        as name: String,
        zones: any ZoneSource
    ) throws(ScheduleError) {
        do throws(ScheduleEntryError) {
            self = try ScheduleEntry(json: json, zones: zones)
        } catch {
            throw ScheduleError(.refused, "the entry \(name) cannot be read: \(error)")
        }
    }
}

extension ScheduleClaim.Firing {
    /// A firing that somebody asks for.
    public static func manual(
        of entry: ScheduleEntry,
        at now: WallTime
    ) throws(ScheduleError) -> ScheduleClaim.Firing {
        do throws(EventError) {
            var event = try entry.firingEvent(at: now)
            event.notBefore = nil
            return ScheduleClaim.Firing(instant: now, cause: .manual, event: event)
        } catch {
            throw ScheduleError(.refused, "the entry \(entry.name) gives no event: \(error)")
        }
    }
}
