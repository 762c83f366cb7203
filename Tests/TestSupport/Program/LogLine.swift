import Foundation

/// One line of the JSON log.
public struct LogLine: Sendable {
    /// How urgent it is.
    public let level: String
    /// Its constant text.
    public let message: String
    /// Its other fields as text.
    public let fields: [String: String]
    /// As it stood.
    public let text: String

    /// Reads a line; nil when it is not what the contract of the log says.
    public init?(_ text: String) {
        guard let object = try? JSONSerialization.jsonObject(with: Data(text.utf8)),
            let members = object as? [String: Any],
            let level = members["level"] as? String, let message = members["message"] as? String,
            members["time"] is String
        else { return nil }
        self.level = level
        self.message = message
        self.text = text
        fields = members.mapValues { "\($0)" }
    }

    /// The lines that can be read, the one being written left out.
    public static func lines(of log: String) -> [LogLine] {
        log.split(separator: "\n").compactMap { LogLine(String($0)) }
    }
}
