import Codecs

/// In which order the jobs of a batch count, where they did not arrive in that of their stamps: a
/// job that comes again is older than those that came meanwhile.
enum StampOrder {
    /// The indexes in that order; nil where it is that of the arrival.
    ///
    /// The jobs of one clock are put in the order of their stamps, in the places that they have
    /// together. All others stay where they are.
    static func indexes(of stamps: [OrderStamp?]) -> [Int]? {
        guard !isAscending(stamps) else { return nil }
        var places: [OrderStamp.Clock: [Int]] = [:]
        for (index, stamp) in stamps.enumerated() {
            if let stamp { places[stamp.clock, default: []].append(index) }
        }
        var indexes = Array(stamps.indices)
        for places in places.values {
            let stamped = places.compactMap { index in stamps[index].map { (index, $0.position) } }
            let sorted = stamped.sorted { $0.1 == $1.1 ? $0.0 < $1.0 : $0.1 < $1.1 }
            for (place, job) in zip(places, sorted) { indexes[place] = job.0 }
        }
        return indexes
    }

    /// Whether all stamps are of one clock and none is older than the one before it.
    private static func isAscending(_ stamps: [OrderStamp?]) -> Bool {
        var last: OrderStamp?
        for case let stamp? in stamps {
            if let last, last.clock != stamp.clock || stamp.position < last.position {
                return false
            }
            last = stamp
        }
        return true
    }
}
