import Synchronization

/// All connections of the process, to be asked how they are.
final class ConnectionBoard: Sendable {
    typealias Look = @Sendable () async -> ConnectionReport

    private let looks = Mutex<[Look]>([])

    /// Adds a connection, which from now on is part of the picture.
    func add(_ look: @escaping Look) { looks.withLock { $0.append(look) } }

    /// How all of them are now, in the order they were added.
    func reports() async -> [ConnectionReport] {
        var reports: [ConnectionReport] = []
        for look in looks.withLock(\.self) { reports.append(await look()) }
        return reports
    }
}
