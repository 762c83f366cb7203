import Synchronization

/// A database with a few connections, each on a thread of its own.
///
/// Nothing connects before it is used, and a connection that broke is made again by the next work.
/// Threads live as long as the process: make one database for each address, at the start.
public final class SQLDatabase: Sendable {
    /// How many callers may wait for one connection.
    static let maxWaiting = 1_000
    /// How often work is done again that another transaction got in the way of.
    static let maxAttempts = 5

    private let workers: [SQLWorker]
    private let waiting: Mutex<[Int]>

    /// A database; `password` goes before one in the address.
    ///
    /// SQLite has one writer at a time, so more than one connection serves readers; a database in
    /// memory has only one. Only a server ends a statement that takes too long.
    public init(
        _ address: SQLAddress,
        password: String? = nil,
        connections: Int = 4,
        statementTimeout: Duration = .seconds(30)
    ) throws(SQLError) {
        var workers: [SQLWorker] = []
        for number in 1...(address.isInMemory ? 1 : max(1, connections)) {
            let worker = try SQLWorker(name: "sql-\(number)") { () throws(SQLError) in
                try address.connect(password: password, statementTimeout: statementTimeout)
            }
            workers.append(worker)
        }
        self.workers = workers
        waiting = Mutex(Array(repeating: 0, count: workers.count))
    }

    /// Reads what one moment holds; the work must not write.
    public func read<Result: Sendable>(
        _ work: @Sendable (any SQLConnection) throws(SQLError) -> Result
    ) async throws(SQLError) -> Result {
        try await transaction(writing: false, work)
    }

    /// Does the work as one step: all of it, or nothing.
    ///
    /// It runs on a thread of the database and may be run again when another transaction got in
    /// its way, so it must change nothing but the database.
    @discardableResult
    public func write<Result: Sendable>(
        _ work: @Sendable (any SQLConnection) throws(SQLError) -> Result
    ) async throws(SQLError) -> Result {
        try await transaction(writing: true, work)
    }

    /// Ends all connections; work that comes later makes new ones.
    public func close() async {
        for worker in workers { await worker.close() }
    }

    private func transaction<Result: Sendable>(
        writing: Bool,
        _ work: @Sendable (any SQLConnection) throws(SQLError) -> Result
    ) async throws(SQLError) -> Result {
        let index = try enter()
        defer { leave(index) }
        var attempt = 1
        while true {
            do throws(SQLError) {
                return try await workers[index].transaction(writing: writing, work)
            } catch {
                guard error.code == .busy, attempt < Self.maxAttempts else { throw error }
                attempt += 1
            }
        }
    }

    /// Chooses the connection with the fewest waiting.
    private func enter() throws(SQLError) -> Int {
        let chosen = waiting.withLock { waiting -> Int? in
            let least = waiting.indices.min { waiting[$0] < waiting[$1] } ?? 0
            guard waiting[least] < Self.maxWaiting else { return nil }
            waiting[least] += 1
            return least
        }
        guard let chosen else {
            throw SQLError(
                .overloaded,
                "\(workers.count * Self.maxWaiting) callers wait for the database already"
            )
        }
        return chosen
    }

    private func leave(_ index: Int) { waiting.withLock { $0[index] -= 1 } }
}
