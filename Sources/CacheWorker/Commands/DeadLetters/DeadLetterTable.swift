import Codecs
import Jobs

/// Dead letters as text for a terminal, of at most 100 columns but for what is shown whole.
///
/// All that comes from outside is cleared of control characters: an event must not move a cursor.
struct DeadLetterTable {
    private static let columns = 100
    private static let errorIndent = 4
    private static let widths = [20, 6, 18, 5, 5]

    /// The moment that ages are counted to.
    let now: WallTime

    /// The line above all others.
    static let head = row(["ID", "FROM", "REASON", "AGE", "TRIES", "EVENT"])

    /// A line about the letter, and below it where it comes from and what went wrong.
    func lines(of letter: DeadLetter) -> [String] {
        let event = [letter.eventType ?? letter.kind?.rawValue ?? "?", letter.eventID ?? ""]
        let first = Self.row([
            letter.id, letter.transport.rawValue, letter.failure.reason.printable,
            letter.age(at: now).map(Self.short) ?? "?",
            letter.failure.attempts.map(String.init) ?? "?",
            event.joined(separator: " ").printable,
        ])
        let indent = String(repeating: " ", count: Self.errorIndent)
        let second = "\(letter.failure.origin): \(letter.failure.error.firstLine)".printable
        return [first, (indent + second).shortened(to: Self.columns)]
    }

    /// All that is known about the letter.
    func sheet(of letter: DeadLetter) -> [String] {
        let failure = letter.failure
        let age = letter.age(at: now).map { " (\(Self.short($0)) ago)" } ?? ""
        let facts: [(String, String?)] = [
            ("id", letter.id), ("transport", letter.transport.rawValue),
            ("origin", failure.origin), ("reason", failure.reason), ("error", failure.error),
            ("attempts", failure.attempts.map(String.init)),
            ("failedAt", failure.failedAt.map { $0.text + age }),
            ("type", letter.eventType), ("event id", letter.eventID),
            ("bytes", String(letter.byteCount)), ("content type", letter.delivery.contentType),
        ]
        let headers = (letter.delivery.headers + failure.others).map { ($0.name, $0.value) }
        let all = facts + headers + [("x-death", failure.brokerRecord)]
        var lines = all.compactMap { name, value in
            value.map { "\(name.printable.padded(to: 14))\($0.printable)" }
        }
        guard letter.unreadByteCount == nil else {
            return lines + ["", "The event is too large to be read again."]
        }
        lines.append("")
        var reader = JSONReader()
        let event =
            (try? reader.read(letter.delivery.body))?.pretty() ?? Array(letter.delivery.body)
        lines += String(decoding: event, as: UTF8.self)
            .split(omittingEmptySubsequences: false) { $0.isNewline }
            .map { String($0).printable }
        return lines
    }

    private static func row(_ cells: [String]) -> String {
        var row = ""
        for (index, cell) in cells.enumerated() {
            guard index < widths.count else {
                row += cell
                continue
            }
            // An id is for copying, so it is whole whatever its width.
            let text = index == 0 ? cell : cell.shortened(to: widths[index])
            row += text.padded(to: widths[index]) + " "
        }
        return row.shortened(to: columns)
    }

    /// An age in its largest unit.
    static func short(_ age: Duration) -> String {
        let seconds = age.components.seconds
        return switch seconds {
        case ..<60: "\(seconds)s"
        case ..<3_600: "\(seconds / 60)m"
        case ..<86_400: "\(seconds / 3_600)h"
        default: "\(seconds / 86_400)d"
        }
    }
}
