import Jobs
import Synchronization

/// What waits in the queues of each source, as last measured.
final class BacklogBoard: Sendable {
    private let measured = Mutex<[String: [Backlog]]>([:])

    /// Keeps the newest measurement of a source; none when it could not be measured.
    func put(_ backlogs: [Backlog], of source: String) {
        measured.withLock { $0[source] = backlogs }
    }

    /// All measurements, by the name of their source.
    var all: [(source: String, backlog: Backlog)] {
        measured.withLock { measured in
            measured.sorted { $0.key < $1.key }
                .flatMap { source, backlogs in backlogs.map { (source, $0) } }
        }
    }
}
