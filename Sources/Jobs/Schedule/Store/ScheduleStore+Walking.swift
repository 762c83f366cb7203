extension ScheduleStore {
    /// How many entries are asked for at a time.
    private static var pageSize: Int { 500 }

    /// All entries in the order of their names, as they are when their page is read.
    public func allRecords() async throws(ScheduleError) -> [ScheduleRecord] {
        var all: [ScheduleRecord] = []
        while true {
            let page = try await records(after: all.last?.entry.name, limit: Self.pageSize)
            all += page
            if page.count < Self.pageSize { return all }
        }
    }
}
