import CacheDomain
import Codecs

/// Passes everything on, and tells the judge which place in the log a written value has.
struct RecordingStore: RemoteStore {
    let store: any RemoteStore
    let pipe: RecordPipe
    let settings: NodeSettings

    func values(forKeys keys: [String]) async throws(StoreError) -> StoreReading {
        try await store.values(forKeys: keys)
    }

    func apply(_ change: Change) async throws(StoreError) -> ChangeReceipt {
        let receipt = try await store.apply(change)
        for write in change.writes {
            let text = String(decoding: write.value, as: UTF8.self)
            var record = Record(
                .place,
                slot: settings.slot,
                incarnation: settings.incarnation,
                value: Node.value(of: text) ?? 0
            )
            record.start = receipt.position.sequence
            record.end = Self.digest(receipt.position.epoch)
            pipe.append(record)
        }
        return receipt
    }

    func perform(_ steps: [StructureStep]) async throws(StoreError) -> StructureReceipt {
        try await store.perform(steps)
    }

    func announce(_ announcement: Announcement) async throws(StoreError) -> LogPosition {
        try await store.announce(announcement)
    }

    func purge(
        _ scope: PurgeScope,
        stamp: OrderStamp?,
        announced: ([String], LogPosition) -> Void
    ) async throws(StoreError) -> Int {
        try await store.purge(scope, stamp: stamp, announced: announced)
    }

    func keys(
        matching pattern: String,
        from cursor: KeyPage.Cursor?
    ) async throws(StoreError) -> KeyPage {
        try await store.keys(matching: pattern, from: cursor)
    }

    func removeEmptyWindows(
        matching pattern: String,
        olderThan age: Duration
    ) async throws(StoreError) -> Int {
        try await store.removeEmptyWindows(matching: pattern, olderThan: age)
    }

    func removeOrphanedTagMembers() async throws(StoreError) -> Int {
        try await store.removeOrphanedTagMembers()
    }

    func claim(
        _ lease: LoadLease,
        unlessLivesLonger minimumRemaining: Duration
    ) async throws(StoreError) -> LoadClaim {
        try await store.claim(lease, unlessLivesLonger: minimumRemaining)
    }

    func renew(_ lease: LoadLease) async throws(StoreError) -> Bool {
        try await store.renew(lease)
    }

    func release(_ lease: LoadLease) async throws(StoreError) {
        try await store.release(lease)
    }

    /// The same in all processes.
    private static func digest(_ text: String) -> UInt64 {
        text.utf8.reduce(0xCBF2_9CE4_8422_2325) { ($0 ^ UInt64($1)) &* 0x100_0000_01B3 }
    }
}
