/// Reads a POSIX `TZ` string: `CET-1CEST,M3.5.0,M10.5.0/3`.
///
/// Its offsets count westwards, and a rule must be there where there is a summer time.
struct PosixZoneParser {
    private static let hour = 3_600
    private var rest: ArraySlice<UInt8>
    private let farthestHour: Int

    /// A change may be told in hours from 0 to 24, or from -167 to 167 as version 3 of TZif allows.
    init(_ text: ArraySlice<UInt8>, allowsFarHours: Bool) {
        rest = text
        farthestHour = allowsFarHours ? 167 : 24
    }

    /// The whole text; nil when it is no such string.
    mutating func zone() -> PosixZone? {
        guard name(), let west = time(farthest: 24, isSigned: true) else { return nil }
        var zone = PosixZone(offset: -west)
        guard !rest.isEmpty else { return zone }
        guard name() else { return nil }
        var offset = zone.offset + Self.hour
        if rest.first != UInt8(ascii: ",") {
            guard let west = time(farthest: 24, isSigned: true) else { return nil }
            offset = -west
        }
        guard let start = moment(), let end = moment(), rest.isEmpty else { return nil }
        zone.summer = PosixZone.Summer(offset: offset, start: start, end: end)
        return zone
    }

    /// Three letters or more, or anything plain in angle brackets.
    private mutating func name() -> Bool {
        if take("<") {
            let name = rest.prefix { isLetter($0) || ASCII.isDigit($0) || $0 == 0x2B || $0 == 0x2D }
            rest = rest.dropFirst(name.count)
            return name.count >= 3 && take(">")
        }
        let name = rest.prefix(while: isLetter)
        rest = rest.dropFirst(name.count)
        return name.count >= 3
    }

    /// `,M3.5.0/2`, `,J60` or `,59`.
    private mutating func moment() -> PosixZone.Moment? {
        guard take(","), let day = day() else { return nil }
        guard take("/") else { return PosixZone.Moment(day: day, time: 2 * Self.hour) }
        let isSigned = farthestHour > 24
        guard let time = time(farthest: farthestHour, isSigned: isSigned) else { return nil }
        return PosixZone.Moment(day: day, time: time)
    }

    private mutating func day() -> PosixZone.Day? {
        if take("M") {
            guard let month = number(1...12), take("."), let week = number(1...5), take("."),
                let weekday = number(0...6)
            else { return nil }
            return .weekday(month: month, week: week, weekday: weekday)
        }
        if take("J") { return number(1...365).map { .julian($0) } }
        return number(0...365).map { .ordinal($0) }
    }

    /// `hh`, `hh:mm` or `hh:mm:ss` in seconds.
    private mutating func time(farthest: Int, isSigned: Bool) -> Int? {
        var sign = 1
        if isSigned {
            if take("-") { sign = -1 } else { _ = take("+") }
        }
        guard let hours = number(0...farthest) else { return nil }
        var seconds = hours * Self.hour
        for unit in [60, 1] {
            guard take(":") else { break }
            guard let part = number(0...59) else { return nil }
            seconds += part * unit
        }
        return seconds <= farthest * Self.hour ? sign * seconds : nil
    }

    private mutating func number(_ range: ClosedRange<Int>) -> Int? {
        let digits = rest.prefix(while: ASCII.isDigit)
        rest = rest.dropFirst(digits.count)
        guard (1...3).contains(digits.count) else { return nil }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - ASCII.zero) }
        return range.contains(number) ? number : nil
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    private func isLetter(_ byte: UInt8) -> Bool { (byte | 0x20) &- 0x61 < 26 }
}
