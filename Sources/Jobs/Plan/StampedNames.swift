import Codecs

/// Names in the order they came, each once, and with each the latest stamp it came with.
///
/// A name that comes with stamps of two clocks, or once without one, stands there once for each:
/// nobody can tell which is the later one.
struct StampedNames {
    private(set) var list: [String] = []
    /// One for each name; empty while no name has one.
    private(set) var stamps: [OrderStamp?] = []
    private var seen: Set<ExactString> = []
    /// Where a name stands last; filled when the first one comes again with a stamp.
    private var places: [ExactString: Int] = [:]

    init(capacity: Int = 0) {
        list.reserveCapacity(capacity)
        seen.reserveCapacity(capacity)
    }

    mutating func insert(_ name: String, _ stamp: OrderStamp?) {
        if seen.insert(ExactString(name)).inserted {
            append(name, stamp)
        } else if stamp != nil || !stamps.isEmpty {
            insertAgain(name, stamp)
        }
    }

    private mutating func insertAgain(_ name: String, _ stamp: OrderStamp?) {
        if places.isEmpty {
            for (place, name) in list.enumerated() { places[ExactString(name)] = place }
        }
        guard let place = places[ExactString(name)] else { return append(name, stamp) }
        let known = stamps.isEmpty ? nil : stamps[place]
        guard known?.clock == stamp?.clock else { return append(name, stamp) }
        if let known, let stamp, known.isOlder(than: stamp) { stamps[place] = stamp }
    }

    private mutating func append(_ name: String, _ stamp: OrderStamp?) {
        if stamp != nil, stamps.isEmpty {
            stamps.reserveCapacity(list.capacity)
            for _ in list { stamps.append(nil) }
        }
        if !places.isEmpty { places[ExactString(name)] = list.count }
        list.append(name)
        if stamp != nil || !stamps.isEmpty { stamps.append(stamp) }
    }

    /// Takes out the names that `isCovered` says are covered by something as late as they are.
    mutating func remove(where isCovered: (String, OrderStamp?) -> Bool) {
        var kept = StampedNames(capacity: list.count)
        for (place, name) in list.enumerated() {
            let stamp = stamps.isEmpty ? nil : stamps[place]
            if !isCovered(name, stamp) { kept.append(name, stamp) }
        }
        self = kept
    }
}
