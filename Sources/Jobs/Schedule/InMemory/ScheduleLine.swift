import Telemetry

/// An entry in a ``ScheduleBook``.
struct ScheduleLine: Sendable, Equatable {
    /// A firing that waits for a run to end.
    struct Waiting: Sendable, Equatable {
        var firing: ScheduleClaim.Firing
        var transport: ScheduleEntry.Transport
        var runLimit: Duration
    }

    /// A run that has not reported its end.
    struct UnderWay: Sendable, Equatable {
        var instant: WallTime
        /// It counts no longer from then on.
        var until: WallTime
    }

    /// When an entry's next instant comes, so far as it is known.
    enum Next: Sendable, Equatable {
        /// A beat has to find it.
        case unknown
        case at(WallTime)
        case never
    }

    var name: String
    var json: [UInt8]
    var timingKey: String
    var isEnabled: Bool
    var origin: ScheduleRecord.Origin
    /// The number of the file that it was read from.
    var fileNumber = 0
    var pause: ScheduleRecord.Pause?
    var place: WallTime
    var next = Next.unknown
    var counts = ScheduleRecord.Counts()
    var underWay: [UnderWay] = []
    var waiting: [Waiting] = []
    /// In the order of their instants.
    var runs: [ScheduleRun] = []

    var isActive: Bool { isEnabled && pause == nil }
    /// The text itself: in memory nothing is gained by a digest.
    var revision: String { String(decoding: json, as: UTF8.self) }

    /// When a beat has to see to it; nil: never.
    var dueAt: WallTime? {
        guard isActive else { return nil }
        let bound = waiting.isEmpty ? nil : underWay.map(\.until).min()
        switch next {
        case .unknown: return WallTime(milliseconds: 0)
        case .at(let next): return bound.map { min($0, next) } ?? next
        case .never: return bound
        }
    }

    /// Puts a line of the history in, in the place of an earlier one of the same instant.
    mutating func note(_ run: ScheduleRun) {
        runs.removeAll { $0.instant == run.instant }
        let index = runs.firstIndex { $0.instant > run.instant } ?? runs.endIndex
        runs.insert(run, at: index)
        if runs.count > ScheduleRun.maxCount { runs.removeFirst(runs.count - ScheduleRun.maxCount) }
    }
}
