import Jobs
import Telemetry

/// The coming firings of several entries in the order of their time, or the last ones backwards.
struct ScheduleForecast {
    /// A firing, and what went before it of the same entry.
    struct Firing {
        let entry: ScheduleEntry
        let instant: WallTime
        /// The firing of the entry before it in time, if that was looked at.
        let last: WallTime?

        var note: ClockNote? { ClockNote(instant, after: last, in: entry.timing.table.zone) }
    }

    let entries: [ScheduleEntry]
    let isBackwards: Bool

    /// At most so many firings later than a moment, or earlier.
    func firings(from moment: WallTime, count: Int) -> [Firing] {
        // The next one of each entry, sorted so that the first one to take is at the end.
        var candidates = entries.compactMap { step($0, from: moment) }
            .sorted { comes($1, before: $0) }
        var firings: [Firing] = []
        while firings.count < count, let taken = candidates.popLast() {
            firings.append(taken)
            guard let next = step(taken.entry, from: taken.instant) else {
                continue
            }
            candidates.insert(next, at: place(of: next, in: candidates))
        }
        return firings
    }

    private func step(_ entry: ScheduleEntry, from moment: WallTime) -> Firing? {
        let instant = isBackwards ? entry.previous(before: moment) : entry.next(after: moment)
        guard let instant else { return nil }
        let last = isBackwards ? entry.previous(before: instant) : moment
        return Firing(entry: entry, instant: instant, last: last)
    }

    private func comes(_ one: Firing, before other: Firing) -> Bool {
        guard one.instant != other.instant else { return one.entry.name < other.entry.name }
        return (one.instant < other.instant) != isBackwards
    }

    /// Where a candidate belongs among those that are sorted.
    private func place(of new: Firing, in candidates: [Firing]) -> Int {
        var (low, high) = (0, candidates.count)
        while low < high {
            let middle = (low + high) / 2
            if comes(new, before: candidates[middle]) { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
