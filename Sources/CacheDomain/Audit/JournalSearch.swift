/// Asks the journal whether a message names a key.
struct JournalSearch: Sendable {
    /// How many messages are asked for at a time.
    static let pageLength = 500
    /// How many pages are read: as much as the journal usually has.
    static let maxPages = 20

    let log: any CoherenceLog

    /// What the messages say about the key of a copy, from the one after its filling up to `end`.
    func testimony(about sight: Audit.Sight, upTo end: LogPosition) async -> Audit.Testimony {
        let start = sight.copy.asOf
        guard start.map({ $0.epoch == end.epoch }) ?? true else { return .unknown }
        var next = start.map { $0.sequence + 1 }
        for _ in 0..<Self.maxPages {
            if let next, next > end.sequence { return .silent }
            let page: [ArraySlice<UInt8>]
            do throws(StoreError) {
                page = try await log.journal(from: next ?? 0, limit: Self.pageLength)
            } catch {
                return .unknown
            }
            guard !page.isEmpty else { return .unknown }
            for bytes in page {
                guard let message = try? CoherenceMessage(parsing: bytes), message.isUnderstood,
                    message.position.epoch == end.epoch,
                    next.map({ $0 == message.position.sequence }) ?? true
                else { return .unknown }
                guard message.position.sequence <= end.sequence else { return .silent }
                let tags = sight.copy.tags
                if message.announcement.scope(covering: sight.key, tags: tags) != nil {
                    return .named
                }
                next = message.position.sequence + 1
            }
        }
        return .unknown
    }
}
