import Telemetry

/// Names in the order of a time, the next one found without a search.
struct DueList: Sendable {
    private struct Item: Sendable, Comparable {
        var at: WallTime
        var name: String

        static func < (left: Item, right: Item) -> Bool {
            (left.at, left.name) < (right.at, right.name)
        }
    }

    private var items: [Item] = []
    private var times: [String: WallTime] = [:]

    /// Gives a name another time, or none.
    mutating func set(_ name: String, to time: WallTime?) {
        guard times[name] != time else { return }
        if let old = times[name] { items.remove(at: place(of: Item(at: old, name: name))) }
        times[name] = time
        if let time {
            let item = Item(at: time, name: name)
            items.insert(item, at: place(of: item))
        }
    }

    /// The time of a name.
    subscript(name: String) -> WallTime? { times[name] }

    /// The first names whose time has come, and the time of the one behind them.
    func due(at now: WallTime, limit: Int) -> (names: [String], next: WallTime?) {
        let names = items.prefix(limit).prefix { $0.at <= now }.map(\.name)
        return (names, items.count > names.count ? items[names.count].at : nil)
    }

    private func place(of item: Item) -> Int {
        var (low, high) = (0, items.count)
        while low < high {
            let middle = (low + high) / 2
            if items[middle] < item { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
