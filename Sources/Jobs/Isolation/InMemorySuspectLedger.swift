import Codecs
import Synchronization

/// A ledger in this process, the twin of that on Redis: what it holds dies with the process.
public final class InMemorySuspectLedger: SuspectLedger {
    private let maxCount: Int
    private let state = Mutex<[ExactString: Int]>([:])

    /// An empty ledger for so many suspects; one more displaces another.
    public init(maxCount: Int = 10_000) { self.maxCount = maxCount }

    /// The charges of all suspects that have any.
    public var charges: [String: Int] {
        let charges = state.withLock { $0.map { ($0.key.string, $0.value) } }
        return Dictionary(charges) { $0 + $1 }
    }

    /// Charges a suspect.
    public func charge(
        _ suspect: String,
        limit: Int,
        takingBack finished: String?
    ) async throws(SourceError) -> Int {
        state.withLock { charges in
            if let finished { charges[ExactString(finished)] = nil }
            let suspect = ExactString(suspect)
            let count = charges[suspect] ?? 0
            guard count < limit else { return count }
            if count == 0, charges.count >= maxCount, let other = charges.keys.first {
                charges[other] = nil
            }
            charges[suspect] = count + 1
            return count
        }
    }

    /// Takes back all charges of suspects.
    public func takeBack(_ suspects: [String]) async throws(SourceError) {
        state.withLock { charges in
            for suspect in suspects { charges[ExactString(suspect)] = nil }
        }
    }
}
