import Codecs
import Synchronization

/// The counts of all namespaces of a layer.
public final class CacheUsage: Sendable {
    /// How many namespaces are told apart.
    static let maxNamespaces = 1000
    /// How the others are called together.
    public static let others = "(others)"

    private let tallies = Mutex<[ExactString: CacheTally]>([:])

    /// The counts by namespace; that of whole keys is empty.
    public var counts: [String: CacheCounts] {
        let tallies = tallies.withLock(\.self)
        return Dictionary(tallies.map { ($0.key.string, $0.value.counts) }, uniquingKeysWith: +)
    }

    /// The counts of all namespaces together.
    public var total: CacheCounts { counts.values.reduce(CacheCounts(), +) }

    func tally(of namespace: String) -> CacheTally {
        tallies.withLock { tallies in
            let isKnown = tallies[ExactString(namespace)] != nil
            let isFull = tallies.count >= Self.maxNamespaces
            let name = ExactString(isKnown || !isFull ? namespace : Self.others)
            if let tally = tallies[name] { return tally }
            let tally = CacheTally()
            tallies[name] = tally
            return tally
        }
    }
}
