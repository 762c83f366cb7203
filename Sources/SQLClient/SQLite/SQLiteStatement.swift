internal import CSQLite

/// The owner of one compiled statement; it lives no longer than its connection.
@safe
final class SQLiteStatement {
    private let handle: OpaquePointer
    private let connection: OpaquePointer
    private let names: [String]

    init(_ text: String, on connection: OpaquePointer) throws(SQLError) {
        var handle: OpaquePointer?
        let status = unsafe sqlite3_prepare_v3(
            connection,
            text,
            -1,
            UInt32(SQLITE_PREPARE_PERSISTENT),
            &handle,
            nil
        )
        guard status == SQLITE_OK else {
            throw unsafe SQLError(sqlite: status, on: connection, doing: text)
        }
        guard let compiled = unsafe handle else {
            throw SQLError(.invalid, "the statement is empty")
        }
        unsafe self.handle = compiled
        unsafe self.connection = connection
        names = unsafe (0..<sqlite3_column_count(compiled))
            .map { unsafe String(cString: sqlite3_column_name(compiled, $0)) }
    }

    deinit { unsafe sqlite3_finalize(handle) }

    func run(_ parameters: [SQLValue]) throws(SQLError) -> SQLAnswer {
        defer {
            unsafe sqlite3_reset(handle)
            unsafe sqlite3_clear_bindings(handle)
        }
        try bind(parameters)
        let before = unsafe sqlite3_total_changes64(connection)
        var rows: [SQLRow] = []
        while true {
            let status = unsafe sqlite3_step(handle)
            if status == SQLITE_DONE { break }
            guard status == SQLITE_ROW else { throw error(status) }
            rows.append(SQLRow(names: names, values: names.indices.map { value(Int32($0)) }))
        }
        let changes = unsafe sqlite3_total_changes64(connection) - before
        return SQLAnswer(rows: rows, changedCount: Int(changes))
    }

    /// `$1` is a name to SQLite, whose places go by first appearance.
    private func bind(_ parameters: [SQLValue]) throws(SQLError) {
        let wanted = Int(unsafe sqlite3_bind_parameter_count(handle))
        guard wanted == parameters.count else {
            throw SQLError(
                .invalid,
                "the statement wants \(wanted) parameters and gets \(parameters.count)"
            )
        }
        for (index, value) in parameters.enumerated() {
            let place = unsafe sqlite3_bind_parameter_index(handle, "$\(index + 1)")
            guard place > 0 else {
                throw SQLError(.invalid, "the statement has no parameter $\(index + 1)")
            }
            let status = bind(value, at: place)
            guard status == SQLITE_OK else { throw error(status) }
        }
    }

    private func bind(_ value: SQLValue, at place: Int32) -> Int32 {
        switch value {
        case .null: unsafe sqlite3_bind_null(handle, place)
        case .integer(let number): unsafe sqlite3_bind_int64(handle, place, number)
        case .real(let number): unsafe sqlite3_bind_double(handle, place, number)
        case .text(var text):
            text.withUTF8 { bytes in
                unsafe bytes.withMemoryRebound(to: CChar.self) { characters in
                    // An empty text has no address, and no address means NULL.
                    guard let start = characters.baseAddress, !characters.isEmpty else {
                        return unsafe cw_sqlite3_bind_text(handle, place, "", 0)
                    }
                    return unsafe cw_sqlite3_bind_text(
                        handle,
                        place,
                        start,
                        Int32(characters.count)
                    )
                }
            }
        case .blob(let bytes):
            // No address means NULL here, too.
            if bytes.isEmpty {
                unsafe sqlite3_bind_zeroblob(handle, place, 0)
            } else {
                unsafe bytes.withUnsafeBytes {
                    unsafe cw_sqlite3_bind_blob(handle, place, $0.baseAddress, Int32($0.count))
                }
            }
        }
    }

    private func value(_ column: Int32) -> SQLValue {
        switch unsafe sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: return .integer(unsafe sqlite3_column_int64(handle, column))
        case SQLITE_FLOAT: return .real(unsafe sqlite3_column_double(handle, column))
        case SQLITE_TEXT:
            let start = unsafe sqlite3_column_text(handle, column)
            let bytes = unsafe UnsafeBufferPointer(start: start, count: byteCount(column))
            return .text(unsafe String(decoding: bytes, as: UTF8.self))
        case SQLITE_BLOB:
            let start = unsafe sqlite3_column_blob(handle, column)
            return .blob(
                unsafe Array(UnsafeRawBufferPointer(start: start, count: byteCount(column)))
            )
        default: return .null
        }
    }

    private func byteCount(_ column: Int32) -> Int {
        Int(unsafe sqlite3_column_bytes(handle, column))
    }

    private func error(_ status: Int32) -> SQLError {
        unsafe SQLError(sqlite: status, on: connection, doing: "a statement")
    }
}
