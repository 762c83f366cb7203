/// A command line that is none of ours.
struct UsageError: Error, Sendable, Equatable, CustomStringConvertible {
    /// The words of the command as far as they are known: `cacheworker publish`.
    let command: String
    /// What is wrong and what to write instead.
    let message: String

    /// The message and where help is.
    var description: String {
        "\(command): \(message)\nTry '\(command) --help'."
    }
}
