/// Why a text is no entry of the schedule.
public struct ScheduleEntryError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The value that is wrong, for example `$.event.data.keys[2]`.
    public let path: String
    /// What is wrong and what would be right, a sentence that names the path.
    public let message: String

    /// An error whose message already names its path.
    public init(path: String, message: String) {
        self.path = path
        self.message = message
    }

    /// The sentence.
    public var description: String { message }

    /// A value that breaks the schema: "`path` must be `rule`".
    static func schema(_ path: String, must rule: String) -> ScheduleEntryError {
        ScheduleEntryError(path: path, message: "\(path) must be \(rule)")
    }

    init(_ error: EventError) {
        self.init(path: error.path, message: error.message)
    }
}
