import CacheDomain
import Synchronization

/// A log that can be written and read, and whose messages are not heard while it is deaf.
final class DeafenedLog: CoherenceLog {
    private let log: InMemoryStore
    private let isDeaf = Atomic(false)

    init(_ log: InMemoryStore) { self.log = log }

    /// From now on nothing is heard.
    func deafen() { isDeaf.store(true, ordering: .sequentiallyConsistent) }

    func position() async throws(StoreError) -> LogPosition { try await log.position() }

    func journal(
        from sequence: UInt64,
        limit: Int
    ) async throws(StoreError) -> [ArraySlice<UInt8>] {
        try await log.journal(from: sequence, limit: limit)
    }

    func sendHeartbeat(canary: String) async throws(StoreError) {
        try await log.sendHeartbeat(canary: canary)
    }

    func follow(_ receive: @escaping @Sendable (CoherenceSignal) -> Void) async {
        await log.follow { [self] signal in
            if !isDeaf.load(ordering: .sequentiallyConsistent) { receive(signal) }
        }
    }
}
