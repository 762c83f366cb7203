internal import CPostgres

/// The owner of one answer of libpq.
@safe
final class PostgresResult {
    private let handle: OpaquePointer

    init(takingOwnershipOf handle: OpaquePointer) { unsafe self.handle = handle }

    deinit { unsafe PQclear(handle) }

    /// Why the statement failed; nil when it did not.
    var error: SQLError? {
        switch unsafe PQresultStatus(handle) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK, PGRES_EMPTY_QUERY: nil
        default: unsafe SQLError(result: handle)
        }
    }

    /// Its rows, and how many the statement changed.
    func answer() throws(SQLError) -> SQLAnswer {
        let columns = unsafe 0..<PQnfields(handle)
        let names = columns.map { unsafe String(cString: PQfname(handle, $0)) }
        var rows: [SQLRow] = []
        for row in unsafe 0..<PQntuples(handle) {
            var values: [SQLValue] = []
            for column in columns { values.append(try value(row, column)) }
            rows.append(SQLRow(names: names, values: values))
        }
        let changed = Int(unsafe String(cString: PQcmdTuples(handle))) ?? 0
        return SQLAnswer(rows: rows, changedCount: unsafe PQnfields(handle) > 0 ? 0 : changed)
    }

    private func value(_ row: Int32, _ column: Int32) throws(SQLError) -> SQLValue {
        guard unsafe PQgetisnull(handle, row, column) == 0 else { return .null }
        let bytes = unsafe UnsafeRawBufferPointer(
            start: PQgetvalue(handle, row, column),
            count: Int(PQgetlength(handle, row, column))
        )
        let text = unsafe String(decoding: bytes, as: UTF8.self)
        guard let value = Self.value(text, type: unsafe PQftype(handle, column)) else {
            throw SQLError(.unexpectedAnswer, "PostgreSQL sent a value that is none of its type")
        }
        return value
    }

    /// Types by the numbers that PostgreSQL's catalogue `pg_type` gives them for good.
    private static func value(_ text: String, type: UInt32) -> SQLValue? {
        switch type {
        case 16: .integer(text == "t" ? 1 : 0)  // bool
        case 20, 21, 23, 26: Int64(text).map(SQLValue.integer)  // int8, int2, int4, oid
        case 700, 701, 1700: Double(text).map(SQLValue.real)  // float4, float8, numeric
        case 17: bytes(hexadecimal: text).map(SQLValue.blob)  // bytea
        default: .text(text)
        }
    }

    private static func bytes(hexadecimal text: String) -> [UInt8]? {
        let digits = Array(text.utf8.dropFirst(2))
        guard text.hasPrefix("\\x"), digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for index in stride(from: 0, to: digits.count, by: 2) {
            let pair = String(decoding: digits[index..<index + 2], as: UTF8.self)
            guard let byte = UInt8(pair, radix: 16) else { return nil }
            bytes.append(byte)
        }
        return bytes
    }
}
