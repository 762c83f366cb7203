@testable import CacheDomain

/// The names of a fleet's keys.
///
/// Which names share a stripe depends on a number that each process draws anew. Here none do, so
/// that a life is the same in each process.
struct Keys {
    let names: [String]
    let watched: WatchedPrefixes
    private let places: [String: Int]

    static let stripeCount = 32
    static let all = Keys()

    private init() {
        let state = LocalTierState(
            storage: LRUStorage(maxEntries: 1, maxBytes: 1),
            stripeCount: Self.stripeCount
        )
        let firstWatched = Fleet.keyCount - Fleet.watchedCount
        var stripes: Set<Int> = []
        names = (0..<Fleet.keyCount)
            .map { key in
                var name = key < firstWatched ? "key\(key)" : "watched:key\(key)"
                while !stripes.insert(state.stripe(of: name)).inserted { name += "'" }
                return name
            }
        places = Dictionary(uniqueKeysWithValues: zip(names, 0...))
        do {
            watched = try WatchedPrefixes(["watched:"])
        } catch {
            preconditionFailure("one prefix can always be watched: \(error)")
        }
    }

    /// The place of a name.
    func place(of name: String) -> Int? { places[name] }
}
