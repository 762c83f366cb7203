import Codecs
import Jobs
import Telemetry

/// Where the schedule is seen to by hand: its store, and how results are told.
struct ScheduleDesk {
    let store: any ScheduleStore
    let isJSON: Bool

    // MARK: Looking

    /// Prints all entries.
    func list() async throws(ScheduleError) {
        let listings = try await store.allListings()
        if isJSON { return tell(listings.map(\.json)) }
        print(ScheduleTable.head)
        for listing in listings {
            for line in ScheduleTable.lines(of: listing) { print(line) }
        }
    }

    /// Prints when these entries fire, or all that do.
    func next(_ names: [String], _ range: ForecastRange) async throws(ScheduleError) {
        var records: [ScheduleRecord] = []
        if names.isEmpty { records = try await activeRecords() }
        for name in names { records.append(try await store.record(named: name)) }
        for record in records where !record.isActive {
            tell("\(record.entry.name) is \(record.state.rawValue): it does not fire")
        }
        let forecast = ScheduleForecast(
            entries: records.map(\.entry),
            isBackwards: range.isBackwards
        )
        let firings = forecast.firings(from: range.from ?? WallTime.now(), count: range.count)
        if firings.isEmpty { tell("nothing fires \(range.isBackwards ? "before" : "after") that") }
        if isJSON { return tell(firings.map(\.json)) }
        let table = ForecastTable(hasNames: true)
        print(table.head("LOCAL"))
        for firing in firings {
            let zone = firing.entry.timing.table.zone
            let name = firing.entry.name
            print(table.line(firing.instant, in: zone, name: name, note: firing.note))
        }
    }

    /// All entries that fire; what cannot be read is told.
    private func activeRecords() async throws(ScheduleError) -> [ScheduleRecord] {
        var records: [ScheduleRecord] = []
        for listing in try await store.allListings() {
            switch listing {
            case .readable(let record): if record.isActive { records.append(record) }
            case .unreadable(_, let error): tell(error.message)
            }
        }
        return records
    }

    /// Prints the last firings of an entry.
    func history(of name: String, limit: Int) async throws(ScheduleError) {
        let runs = try await store.history(of: name, limit: limit)
        if isJSON { return tell(runs.map { $0.json(of: name) }) }
        print(ScheduleTable.historyHead)
        for run in runs { print(ScheduleTable.line(of: run)) }
    }

    // MARK: Changing

    /// Fires an entry.
    func run(_ name: String) async throws(ScheduleError) {
        let run = try await store.fire(name)
        if isJSON { return tell(run.json(of: name)) }
        let id = FiringIdentity(entry: name, instant: run.instant).eventID
        print("\(name) \(run.word): event \(id)")
    }

    /// Pauses an entry, and prints its pause, which may be an older one.
    func pause(_ name: String, by who: String, reason: String) async throws(ScheduleError) {
        try await store.pause(name, by: who, reason: reason)
        let record = try await store.record(named: name)
        if isJSON { return tell(record.json()) }
        print("\(name) is paused\(record.pause.map { " \($0.text)" } ?? " no more")")
    }

    /// Lets an entry fire again.
    func resume(_ name: String) async throws(ScheduleError) {
        try await store.resume(name)
        try await tell(ofChanged: name, "resumed")
    }

    /// Makes or changes an entry.
    func set(_ entry: ScheduleEntry) async throws(ScheduleError) {
        let change = try await store.set(entry)
        if isJSON {
            return tell(try await store.record(named: entry.name).json(change: change))
        }
        try await tell(ofChanged: entry.name, change.word)
    }

    /// Removes an entry.
    func delete(_ name: String) async throws(ScheduleError) {
        try await store.delete(name)
        guard isJSON else { return print("\(name) deleted") }
        var json = Array("{".utf8)
        json.appendMember("name", name)
        tell(json + Array(",\"change\":\"deleted\"}".utf8))
    }

    private func tell(ofChanged name: String, _ word: String) async throws(ScheduleError) {
        let record = try await store.record(named: name)
        if isJSON { return tell(record.json()) }
        let next = record.next.map { "fires next at \($0.secondsText)" }
        print("\(name) \(word), \(next ?? "is \(record.state.rawValue)")")
    }

    // MARK: Telling

    /// The sentence, with the name that was probably meant where there is no such entry; `names`
    /// were asked for.
    func explained(_ error: ScheduleError, _ names: [String]) async -> String {
        guard error.code == .notFound,
            let known = try? await store.allListings().map(\.name),
            let missing = names.first(where: { !known.contains($0) }),
            let hint = Suggestion.of(missing, among: known)
        else { return error.message }
        return "\(error.message); did you mean \(hint)?"
    }

    /// Says something that is no data.
    func tell(_ text: String) { HostSystem.writeToStandardError("cacheworker: \(text)\n") }

    private func tell(_ json: [UInt8]) { print(String(decoding: json, as: UTF8.self)) }

    private func tell(_ objects: [[UInt8]]) {
        var output = JSONArrayOutput()
        for object in objects { output.append(object) }
        output.end()
    }
}
