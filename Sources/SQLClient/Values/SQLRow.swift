/// A row of an answer; its columns are asked for by name and type.
public struct SQLRow: Sendable, Equatable {
    private let names: [String]
    private let values: [SQLValue]

    /// A row from its columns, which belong together in order.
    public init(names: [String], values: [SQLValue]) {
        precondition(names.count == values.count)
        self.names = names
        self.values = values
    }

    /// The value of a column.
    ///
    /// - Throws: `unexpectedAnswer` when the answer has no such column.
    public func value(_ column: String) throws(SQLError) -> SQLValue {
        guard let index = names.firstIndex(of: column) else {
            throw SQLError(.unexpectedAnswer, "the answer has no column \"\(column)\"")
        }
        return values[index]
    }

    /// The text of a column that is never NULL.
    public func text(_ column: String) throws(SQLError) -> String {
        guard let text = try optionalText(column) else { throw mismatch(column, "a text") }
        return text
    }

    /// The text of a column, nil for NULL.
    public func optionalText(_ column: String) throws(SQLError) -> String? {
        switch try value(column) {
        case .null: nil
        case .text(let text): text
        default: throw mismatch(column, "a text")
        }
    }

    /// The integer of a column that is never NULL.
    public func integer(_ column: String) throws(SQLError) -> Int64 {
        guard let number = try optionalInteger(column) else { throw mismatch(column, "an integer") }
        return number
    }

    /// The integer of a column, nil for NULL.
    public func optionalInteger(_ column: String) throws(SQLError) -> Int64? {
        switch try value(column) {
        case .null: nil
        case .integer(let number): number
        default: throw mismatch(column, "an integer")
        }
    }

    private func mismatch(_ column: String, _ kind: String) -> SQLError {
        SQLError(.unexpectedAnswer, "the column \"\(column)\" holds no \(kind.dropFirst(2))")
    }
}

/// What a statement came to.
public struct SQLAnswer: Sendable, Equatable {
    /// The rows it returned, in order.
    public let rows: [SQLRow]
    /// How many rows it inserted, changed or deleted.
    public let changedCount: Int

    /// An answer from its parts.
    public init(rows: [SQLRow] = [], changedCount: Int = 0) {
        self.rows = rows
        self.changedCount = changedCount
    }
}
