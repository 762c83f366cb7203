import Codecs

/// The key of an answer to a question: 32 hexadecimal digits, whatever the question is.
///
/// Questions that differ in case or white space alone are one. The digits are the beginning of the
/// SHA-256 of `question|session:…|model:…`, so a service in another language finds the same for a
/// question in ASCII that it has trimmed and put into small letters, with single spaces.
public struct ChatKey: Sendable, Hashable, CustomStringConvertible {
    private static let digitCount = 32

    /// The digits.
    public let text: String

    /// The digits.
    public var description: String { text }

    /// The key of a question; an empty session or model is none, and all share the answer.
    public init(question: String, session: String = "", model: String = "") {
        let question = Self.folded(question)
        var text = question
        if !session.isEmpty { text += "|session:\(session)" }
        if !model.isEmpty { text += "|model:\(model)" }
        if Self.isAmbiguous(question, session) {
            // Nobody may name another one's session, or another model, within his question.
            text = "\0\(question.utf8.count),\(session.utf8.count)|\(text)"
        }
        self.text = String(SHA256.hexadecimal(of: text).prefix(Self.digitCount))
    }

    private static func isAmbiguous(_ question: String, _ session: String) -> Bool {
        question.utf8.first == 0 || question.contains("|session:") || question.contains("|model:")
            || session.contains("|model:")
    }

    /// The words in small letters, with one space between them.
    ///
    /// By way of capital letters, as a letter may have several small forms.
    private static func folded(_ question: String) -> String {
        question.split(whereSeparator: \.isWhitespace)
            .map { $0.uppercased().lowercased() }
            .joined(separator: " ")
    }
}
