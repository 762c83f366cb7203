extension ScheduleStore {
    /// How many entries are asked for at a time.
    private static var pageSize: Int { 500 }

    /// All entries in the order of their names, as they are when their page is read.
    public func allListings() async throws(ScheduleError) -> [ScheduleListing] {
        var all: [ScheduleListing] = []
        while true {
            let page = try await listings(after: all.last?.name, limit: Self.pageSize)
            all += page
            if page.count < Self.pageSize { return all }
        }
    }

    /// As `listings`, where each entry has to be readable.
    public func records(
        after name: String?,
        limit: Int
    ) async throws(ScheduleError) -> [ScheduleRecord] {
        var records: [ScheduleRecord] = []
        for listing in try await listings(after: name, limit: limit) {
            records.append(try listing.record())
        }
        return records
    }
}
