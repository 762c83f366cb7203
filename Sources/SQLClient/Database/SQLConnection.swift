/// A connection to one database, used by one thread at a time; every call may block.
///
/// Parameters are `$1`, `$2`, … in both databases, and never spliced into the text.
public protocol SQLConnection: AnyObject {
    /// Which of the two dialects the statements are written in.
    var dialect: SQLDialect { get }

    /// Executes one statement.
    @discardableResult
    func execute(_ statement: String, _ parameters: [SQLValue]) throws(SQLError) -> SQLAnswer

    /// Executes several statements without parameters, up to the first that fails.
    func executeScript(_ script: String) throws(SQLError)
}

extension SQLConnection {
    /// Executes one statement.
    @discardableResult
    public func execute(
        _ statement: String,
        _ parameters: SQLValue...
    ) throws(SQLError) -> SQLAnswer {
        try execute(statement, parameters)
    }
}

/// What differs between the databases beyond what the connection levels out.
public enum SQLDialect: Sendable {
    case sqlite
    case postgres

    /// What a transaction that writes begins with: SQLite takes its lock at once, so that two
    /// writers wait for each other instead of failing in the middle.
    var beginWriting: String { self == .sqlite ? "BEGIN IMMEDIATE" : "BEGIN" }

    /// What a transaction that only reads begins with; all its statements see the same moment.
    var beginReading: String {
        self == .sqlite ? "BEGIN" : "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
    }
}
