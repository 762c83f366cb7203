/// Turns what is due into claims; remembers the definitions that it has read.
struct ClaimPlanner: Sendable {
    /// What an entry that cannot be fired suffers from; told once for each of its definitions.
    struct Fault: Sendable, Equatable {
        var name: String
        var message: String
    }

    /// What to do about a sight.
    struct Plan: Sendable {
        var claims: [ScheduleClaim] = []
        /// Entries that this process cannot read.
        var unreadable: [String] = []
        var faults: [Fault] = []
    }

    /// Beyond so many definitions the memory begins anew.
    private static let maxRemembered = 2_000

    private let zones: any ZoneSource

    private enum Reading {
        case entry(ScheduleEntry)
        case unreadable(String)
    }

    init(_ zones: any ZoneSource) { self.zones = zones }

    private var readings: [String: (revision: String, reading: Reading)] = [:]
    private var toldFaults: [String: String] = [:]

    mutating func plan(_ sight: ScheduleSight) -> Plan {
        var plan = Plan()
        for due in sight.due {
            switch read(due) {
            case .entry(let entry):
                do throws(EventError) {
                    plan.claims.append(try entry.claim(due, at: sight.now))
                } catch {
                    plan.claims.append(entry.claimWithoutEvents(due, at: sight.now))
                    tell(due, error.message, &plan)
                }
            case .unreadable(let message):
                plan.unreadable.append(due.name)
                tell(due, message, &plan)
            }
        }
        return plan
    }

    private mutating func read(_ due: DueEntry) -> Reading {
        if let known = readings[due.name], known.revision == due.revision { return known.reading }
        if readings.count >= Self.maxRemembered { readings = [:] }
        let reading: Reading
        do throws(ScheduleEntryError) {
            reading = .entry(try ScheduleEntry(json: due.json, zones: zones))
        } catch {
            reading = .unreadable(error.message)
        }
        readings[due.name] = (due.revision, reading)
        return reading
    }

    private mutating func tell(_ due: DueEntry, _ message: String, _ plan: inout Plan) {
        guard toldFaults[due.name] != due.revision else { return }
        if toldFaults.count >= Self.maxRemembered { toldFaults = [:] }
        toldFaults[due.name] = due.revision
        plan.faults.append(Fault(name: due.name, message: message))
    }
}
