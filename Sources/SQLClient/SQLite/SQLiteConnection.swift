internal import CSQLite

/// The owner of one SQLite handle.
@safe
final class SQLiteConnection: SQLConnection {
    /// How long a statement waits for another process that writes.
    private static let busyMilliseconds: Int32 = 5_000
    /// Statements that are kept compiled.
    private static let maxPrepared = 64

    let dialect = SQLDialect.sqlite
    private let handle: OpaquePointer
    private var prepared: [String: SQLiteStatement] = [:]

    /// Opens the file, or makes it; `:memory:` is a database that ends with the connection.
    init(path: String) throws(SQLError) {
        var handle: OpaquePointer?
        let flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX
        let status = unsafe sqlite3_open_v2(path, &handle, flags, nil)
        guard status == SQLITE_OK, let opened = unsafe handle else {
            let error = unsafe SQLError(sqlite: status, on: handle, doing: "opening \(path)")
            unsafe sqlite3_close_v2(handle)
            throw error
        }
        unsafe self.handle = opened
        unsafe sqlite3_extended_result_codes(opened, 1)
        unsafe sqlite3_busy_timeout(opened, Self.busyMilliseconds)
        // Readers and a writer do not wait for each other; a commit survives a crash of the
        // process at once and one of the machine by the next checkpoint at the latest.
        try executeScript(
            """
            PRAGMA journal_mode = WAL;
            PRAGMA synchronous = FULL;
            PRAGMA foreign_keys = ON;
            """
        )
        try replaceLower()
    }

    /// SQLite's own `LOWER` knows the letters of ASCII only.
    private func replaceLower() throws(SQLError) {
        let status = unsafe sqlite3_create_function_v2(
            handle,
            "lower",
            1,
            SQLITE_UTF8 | SQLITE_DETERMINISTIC,
            nil,
            { context, _, arguments in
                guard let argument = unsafe arguments?[0],
                    let text = unsafe sqlite3_value_text(argument)
                else { return unsafe sqlite3_result_null(context) }
                let count = unsafe Int(sqlite3_value_bytes(argument))
                let bytes = unsafe UnsafeBufferPointer(start: text, count: count)
                let lower = unsafe String(decoding: bytes, as: UTF8.self).lowercased()
                unsafe cw_sqlite3_result_text(context, lower, Int32(lower.utf8.count))
            },
            nil,
            nil,
            nil
        )
        guard status == SQLITE_OK else {
            throw unsafe SQLError(sqlite: status, on: handle, doing: "a function")
        }
    }

    deinit {
        prepared.removeAll()
        unsafe sqlite3_close_v2(handle)
    }

    func execute(_ statement: String, _ parameters: [SQLValue]) throws(SQLError) -> SQLAnswer {
        let compiled = try compiled(statement)
        return try compiled.run(parameters)
    }

    func executeScript(_ script: String) throws(SQLError) {
        let status = unsafe sqlite3_exec(handle, script, nil, nil, nil)
        guard status == SQLITE_OK else {
            throw unsafe SQLError(sqlite: status, on: handle, doing: "a script")
        }
    }

    private func compiled(_ text: String) throws(SQLError) -> SQLiteStatement {
        if let known = prepared[text] { return known }
        let statement = try unsafe SQLiteStatement(text, on: handle)
        if prepared.count >= Self.maxPrepared { prepared.removeAll() }
        prepared[text] = statement
        return statement
    }
}
