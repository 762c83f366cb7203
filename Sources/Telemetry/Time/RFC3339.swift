import Codecs

/// Timestamps as RFC 3339 writes them: `2026-11-20T09:00:00.25+01:00`.
public enum RFC3339: Sendable {
    /// The moment that `text` names; nil when it is no timestamp, or of a day that does not exist.
    ///
    /// Second 60 is allowed as a leap second; what is finer than a millisecond is cut off.
    public static func moment(_ text: String) -> WallTime? { instant(text)?.moment }

    /// The same, with the nanoseconds of its millisecond; what is finer is cut off.
    public static func instant(_ text: String) -> (moment: WallTime, nanoseconds: Int)? {
        var rest = Array(text.utf8)[...]
        guard let year = number(4, &rest), take("-", &rest),
            let month = number(2, &rest), 1...12 ~= month, take("-", &rest),
            let day = number(2, &rest), day >= 1,
            day <= CivilDate.length(ofMonth: month, in: year),
            take("T", &rest) || take("t", &rest),
            let hour = number(2, &rest), hour < 24, take(":", &rest),
            let minute = number(2, &rest), minute < 60, take(":", &rest),
            let second = number(2, &rest), second <= 60,
            let subsecond = fraction(&rest), let offset = offsetMinutes(&rest), rest.isEmpty
        else { return nil }
        let days = CivilDate(year: year, month: month, day: day).daysSince1970
        let minutes = (days * 24 + hour) * 60 + minute - offset
        let milliseconds = (minutes * 60 + second) * 1000 + subsecond / 1_000_000
        return (WallTime(milliseconds: Int64(milliseconds)), subsecond % 1_000_000)
    }

    /// Nanoseconds.
    private static func fraction(_ rest: inout ArraySlice<UInt8>) -> Int? {
        guard take(".", &rest) else { return 0 }
        let digits = rest.prefix { number($0) != nil }
        guard !digits.isEmpty else { return nil }
        rest = rest.dropFirst(digits.count)
        var value = digits.prefix(9).reduce(0) { $0 * 10 + Int($1) - 0x30 }
        for _ in min(digits.count, 9)..<9 { value *= 10 }
        return value
    }

    private static func offsetMinutes(_ rest: inout ArraySlice<UInt8>) -> Int? {
        if take("Z", &rest) || take("z", &rest) { return 0 }
        let isWest = rest.first == UInt8(ascii: "-")
        guard take("+", &rest) || take("-", &rest),
            let hour = number(2, &rest), hour < 24, take(":", &rest),
            let minute = number(2, &rest), minute < 60
        else { return nil }
        return (hour * 60 + minute) * (isWest ? -1 : 1)
    }

    private static func take(_ character: Unicode.Scalar, _ rest: inout ArraySlice<UInt8>) -> Bool {
        guard let first = rest.first, UInt32(first) == character.value else { return false }
        rest = rest.dropFirst()
        return true
    }

    private static func number(_ digits: Int, _ rest: inout ArraySlice<UInt8>) -> Int? {
        guard rest.count >= digits else { return nil }
        var value = 0
        for byte in rest.prefix(digits) {
            guard let digit = number(byte) else { return nil }
            value = value * 10 + digit
        }
        rest = rest.dropFirst(digits)
        return value
    }

    private static func number(_ byte: UInt8) -> Int? {
        0x30...0x39 ~= byte ? Int(byte) - 0x30 : nil
    }
}
