/// What a fleet is, and what may happen to it.
struct Regime: Hashable, Sendable, CustomStringConvertible {
    /// Data and log are on two servers.
    var isSplit = false
    /// Foreign programs write, too, and some keys are watched.
    var isWatched = false
    /// Nodes may hear messages late, or another server, without being told.
    var isUntold = false

    static let all = [false, true]
        .flatMap { split in
            [false, true]
                .flatMap { watched in
                    [false, true]
                        .map { Regime(isSplit: split, isWatched: watched, isUntold: $0) }
                }
        }

    /// No copy may be served that ceased to be true longer ago than this.
    ///
    /// The lease, and what the network takes; the interval of the canary on top where a node may
    /// hear something old without being told.
    var bound: Int { isUntold ? 8_100 : 3_100 }
    /// No fault begins later.
    var faultsEnd: Int { isUntold ? 12_000 : 8_000 }
    /// No fault is left.
    var healed: Int { isUntold ? 17_000 : 9_500 }
    var end: Int { healed + bound + 1_000 }

    var description: String {
        [
            isSplit ? "two servers" : "one server", isWatched ? "watched prefixes" : nil,
            isUntold ? "faults untold" : nil,
        ]
        .compactMap(\.self).joined(separator: ", ")
    }
}
