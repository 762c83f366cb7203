import Telemetry

@testable import Jobs

/// The book, held against what has happened.
extension FiringLedger {
    func check(_ book: ScheduleBook) throws(BeatViolation) {
        guard Set(entries.keys) == Set(book.lines.keys) else {
            throw BeatViolation(
                .definition,
                "there are \(book.lines.keys.sorted()), expected \(entries.keys.sorted())"
            )
        }
        for name in entries.keys.sorted() {
            guard let entry = entries[name], let line = book.lines[name] else { continue }
            guard line.json == entry.json, (line.pause != nil) == entry.isPaused else {
                throw BeatViolation(.definition, "\(name) is not what it was set to")
            }
            guard line.place == entry.place else {
                throw BeatViolation(
                    .place,
                    "\(name) is at \(line.place.text), expected \(entry.place.text)"
                )
            }
            guard line.counts == entry.counts else {
                throw BeatViolation(.history, "\(name) counts \(line.counts), not \(entry.counts)")
            }
            guard line.runs.count == entry.runs.count else {
                throw BeatViolation(.history, "\(name) tells of \(line.runs.count) runs")
            }
            for (told, run) in zip(line.runs, entry.runs) where !told.isTrue(of: run) {
                throw BeatViolation(.history, "\(name) tells \(told), true is \(run)")
            }
        }
    }
}

extension ScheduleRun {
    fileprivate func isTrue(of run: FiringLedger.Run) -> Bool {
        guard instant == run.instant, firedAt == run.firedAt,
            cause == (run.isCaughtUp ? .caughtUp : .due)
        else { return false }
        switch (state, run.fate) {
        case (.skipped, .skipped), (.waiting, .waiting): return true
        case (.enqueued, .enqueued): return run.outcomes.isEmpty
        case (.settled(let outcome, _), _):
            return run.outcomes.contains("done")
                ? outcome == "done" : run.outcomes.contains(outcome)
        default: return false
        }
    }
}
