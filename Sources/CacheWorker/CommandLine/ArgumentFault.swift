import Codecs

/// What is wrong with an argument, before it is known whose it is.
struct ArgumentFault: Error, Sendable, Equatable {
    /// What is wrong and what to write instead.
    let message: String

    init(_ message: String) { self.message = message }

    /// An option that is not in the table.
    static func unknown(_ name: String, among options: [Option]) -> ArgumentFault {
        let hint = Suggestion.of(name, among: options.map(\.name))
        return ArgumentFault("\(name) is unknown" + (hint.map { "; did you mean \($0)?" } ?? ""))
    }
}
