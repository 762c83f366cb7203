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
        var line = Array(#"{"time":"\#(timestamp(time))","level":"\#(record.level.name)""#.utf8)
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
        var line = Array("\(timestamp(time)) \(record.level.name) \(record.message)".utf8)
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

    /// RFC 3339 in UTC with milliseconds.
    private static func timestamp(_ time: timespec) -> String {
        var seconds = time.tv_sec
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        func padded(_ number: some BinaryInteger, _ width: Int) -> String {
            let digits = "\(number)"
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let (year, month, day) = unsafe (parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday)
        let (hour, minute, second) = unsafe (parts.tm_hour, parts.tm_min, parts.tm_sec)
        let date = "\(year)-\(padded(month, 2))-\(padded(day, 2))"
        let clock = "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
        return "\(date)T\(clock).\(padded(time.tv_nsec / 1_000_000, 3))Z"
    }
}
