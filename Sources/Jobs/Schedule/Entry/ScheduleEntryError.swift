import Codecs

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

    /// A member that an object of this kind does not have.
    static func unknown(_ path: String, _ name: String, among names: [String]) -> Self {
        let hint = Suggestion.of(name, among: names).map { "did you mean \($0)?" }
        let all = "there are \(names.joined(separator: ", "))"
        return ScheduleEntryError(path: path, message: "\(path) is not known: \(hint ?? all)")
    }

    init(_ error: EventError) {
        self.init(path: error.path, message: error.message)
    }
}
