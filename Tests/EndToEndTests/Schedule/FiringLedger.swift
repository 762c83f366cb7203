import Jobs

/// What was enqueued, held against what should be: each entry once at each whole second.
struct FiringLedger {
    /// An id, and what is wrong with it.
    private(set) var doubled: [String] = []
    private(set) var missed: [String] = []
    private(set) var untimely: [String] = []
    private(set) var count = 0

    /// Counts the ids of events, by the moment behind which each entry fires, up to `end`.
    init(_ ids: [String], beginnings: [String: WallTime], end: WallTime) {
        var counts: [FiringIdentity: Int] = [:]
        for id in ids {
            guard let firing = FiringIdentity(eventID: id) else {
                untimely.append(id)
                continue
            }
            counts[firing, default: 0] += 1
        }
        for (entry, beginning) in beginnings {
            var second = beginning.milliseconds / 1_000 + 1
            while second * 1_000 <= end.milliseconds {
                let instant = WallTime(milliseconds: second * 1_000)
                let firing = FiringIdentity(entry: entry, instant: instant)
                switch counts.removeValue(forKey: firing) {
                case 1: count += 1
                case nil: missed.append(firing.eventID)
                case let times?: doubled.append("\(firing.eventID) (\(times) times)")
                }
                second += 1
            }
        }
        // What comes behind the end is not judged.
        untimely += counts.keys.filter { $0.instant <= end }.map(\.eventID)
    }

    var isWhole: Bool { doubled.isEmpty && missed.isEmpty && untimely.isEmpty }
}

extension FiringLedger: CustomStringConvertible {
    var description: String {
        "\(count) once, \(doubled.count) doubled \(doubled.prefix(3)), "
            + "\(missed.count) missed \(missed.prefix(3)), "
            + "\(untimely.count) untimely \(untimely.prefix(3))"
    }
}
