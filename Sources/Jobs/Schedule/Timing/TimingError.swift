/// Why a text is no timetable, and where.
public struct TimingError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The field in words, such as `day of the month`; nil when it is the text as a whole.
    public let field: String?
    /// Where in the text, in characters from 1.
    public let column: Int
    /// What is wrong and what is allowed there.
    public let message: String

    /// An error about a field.
    init(_ field: String?, column: Int, _ message: String) {
        self.field = field
        self.column = column
        self.message = message
    }

    /// An error about the text as a whole, or about what begins in a column.
    init(column: Int = 1, _ message: String) { self.init(nil, column: column, message) }

    /// The place and the message.
    public var description: String {
        field.map { "\($0) (column \(column)): \(message)" } ?? "column \(column): \(message)"
    }
}
