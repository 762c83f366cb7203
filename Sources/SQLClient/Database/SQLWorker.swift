internal import EventLoop

/// One connection on a thread of its own: what blocks there holds up nobody else.
actor SQLWorker {
    private let thread: EventLoop
    private let connect: @Sendable () throws(SQLError) -> any SQLConnection
    private var connection: (any SQLConnection)?

    nonisolated var unownedExecutor: UnownedSerialExecutor {
        unsafe thread.asUnownedSerialExecutor()
    }

    init(
        name: String,
        connect: @escaping @Sendable () throws(SQLError) -> any SQLConnection
    ) throws(SQLError) {
        do throws(TransportError) {
            thread = try EventLoop(name: name)
        } catch {
            throw SQLError(.unavailable, "no thread for a database: \(error)")
        }
        self.connect = connect
    }

    /// Does the work between its beginning and its commit, or not at all.
    func transaction<Result: Sendable>(
        writing: Bool,
        _ work: @Sendable (any SQLConnection) throws(SQLError) -> Result
    ) throws(SQLError) -> Result {
        let connection = try current()
        let dialect = connection.dialect
        do throws(SQLError) {
            try connection.execute(writing ? dialect.beginWriting : dialect.beginReading)
            let result = try work(connection)
            try commit(connection)
            return result
        } catch {
            // A connection in the middle of something is not used again.
            if error.endsConnection || (try? connection.execute("ROLLBACK")) == nil {
                self.connection = nil
            }
            throw error
        }
    }

    /// Executes statements that bring their own transactions.
    func script(_ text: String) throws(SQLError) {
        try current().executeScript(text)
    }

    /// Ends the connection; the next work makes another.
    func close() { connection = nil }

    private func current() throws(SQLError) -> any SQLConnection {
        if let connection { return connection }
        let made = try connect()
        connection = made
        return made
    }

    /// A connection that breaks now may have committed.
    private func commit(_ connection: any SQLConnection) throws(SQLError) {
        do throws(SQLError) {
            try connection.execute("COMMIT")
        } catch {
            guard error.code == .unavailable else { throw error }
            throw SQLError(.outcomeUnknown, "it may have been done: \(error.message)")
        }
    }
}
