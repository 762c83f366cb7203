import Codecs
import Glibc

/// How a record becomes a line.
public enum LogFormat: String, Sendable, CaseIterable {
    /// One JSON object a line, for machines.
    case json
    /// Time, level, message, fields, for people.
    case text

    /// The line, with its line feed.
    func line(_ record: LogRecord, at time: timespec) -> [UInt8] {
        switch self {
        case .json: Self.json(record, time)
        case .text: Self.text(record, time)
        }
    }

    private static func json(_ record: LogRecord, _ time: timespec) -> [UInt8] {
        var line = Array(
            #"{"time":"\#(Timestamp.text(time))","level":"\#(record.level.name)""#.utf8
        )
        line.append(contentsOf: #","message":"#.utf8)
        line.appendJSONString(record.message)
        for field in record.fields {
            line.append(UInt8(ascii: ","))
            line.appendJSONString(field.name)
            line.append(UInt8(ascii: ":"))
            switch field.value {
            case .string(let text): line.appendJSONString(text)
            case .integer(let value): line.append(contentsOf: "\(value)".utf8)
            case .number(let value):
                line.append(contentsOf: (value.isFinite ? "\(value)" : "null").utf8)
            }
        }
        line.append(contentsOf: "}\n".utf8)
        return line
    }

    private static func text(_ record: LogRecord, _ time: timespec) -> [UInt8] {
        var line = Array("\(Timestamp.text(time)) \(record.level.name) \(record.message)".utf8)
        for field in record.fields {
            line.append(contentsOf: " \(field.name)=".utf8)
            switch field.value {
            // Quoted and escaped as in JSON: a value cannot forge a line or move the cursor.
            case .string(let text): line.appendJSONString(text)
            case .integer(let value): line.append(contentsOf: "\(value)".utf8)
            case .number(let value): line.append(contentsOf: "\(value)".utf8)
            }
        }
        line.append(UInt8(ascii: "\n"))
        return line
    }
}
