internal import CSQLite

extension SQLError {
    /// What a result code of SQLite means; the one place that knows them.
    init(sqlite status: Int32, on connection: OpaquePointer?, doing what: String) {
        let detail = unsafe connection.map { unsafe String(cString: sqlite3_errmsg($0)) }
        let text = unsafe detail ?? String(cString: sqlite3_errstr(status))
        let subject = what.count <= Self.maxSubjectLength ? what : "a statement"
        switch status & 0xFF {
        case SQLITE_BUSY, SQLITE_LOCKED:
            self.init(.busy, "SQLite is held by another writer: \(text)")
        case SQLITE_CONSTRAINT:
            self.init(.constraint, "SQLite refuses it by a rule of the schema: \(text)")
        case SQLITE_FULL, SQLITE_READONLY:
            self.init(
                .full,
                "SQLite cannot write (\(text)): make room, or let this user write the file and "
                    + "its folder"
            )
        case SQLITE_CANTOPEN:
            self.init(
                .unavailable,
                "SQLite cannot open the database (\(subject)): \(text); check that the folder is "
                    + "there and may be written"
            )
        case SQLITE_IOERR:
            self.init(.unavailable, "SQLite cannot read or write its file: \(text)")
        case SQLITE_PERM, SQLITE_AUTH:
            self.init(.denied, "SQLite is not allowed to do it: \(text)")
        case SQLITE_CORRUPT, SQLITE_NOTADB:
            self.init(.corrupt, "the file is no SQLite database, or damaged: \(text)")
        case SQLITE_INTERRUPT:
            self.init(.timeout, "the statement was interrupted: \(text)")
        case SQLITE_ERROR, SQLITE_RANGE, SQLITE_MISMATCH, SQLITE_MISUSE, SQLITE_TOOBIG:
            self.init(.invalid, "SQLite cannot do \(subject): \(text)")
        default:
            self.init(.other, "SQLite failed with code \(status): \(text)")
        }
    }

    private static let maxSubjectLength = 200
}
