import Jobs
import Synchronization

/// What waits in the queues of each source, as last measured.
final class BacklogBoard: Sendable {
    private let measured = Mutex<[Int: (source: String, backlogs: [Backlog])]>([:])

    /// Keeps the newest measurement of a source, which has this place among all; none when it
    /// could not be measured.
    func put(_ backlogs: [Backlog], of source: String, at place: Int) {
        measured.withLock { $0[place] = (source, backlogs) }
    }

    /// All measurements, by the name of their source.
    var all: [(source: String, backlog: Backlog)] {
        measured.withLock { measured in
            measured.sorted { $0.key < $1.key }
                .flatMap { _, entry in entry.backlogs.map { (entry.source, $0) } }
        }
    }
}
