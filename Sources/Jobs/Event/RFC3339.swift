/// Timestamps as RFC 3339 writes them: `2026-11-20T09:00:00.25+01:00`.
enum RFC3339 {
    /// Whether `text` is a timestamp of a day that exists; second 60 is allowed as a leap second.
    static func isTimestamp(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        guard let year = number(4, &rest), take("-", &rest),
            let month = number(2, &rest), 1...12 ~= month, take("-", &rest),
            let day = number(2, &rest), day >= 1, day <= days(in: month, of: year),
            take("T", &rest) || take("t", &rest),
            let hour = number(2, &rest), hour < 24, take(":", &rest),
            let minute = number(2, &rest), minute < 60, take(":", &rest),
            let second = number(2, &rest), second <= 60
        else { return false }
        if take(".", &rest) {
            let digits = rest.prefix { number($0) != nil }.count
            guard digits > 0 else { return false }
            rest = rest.dropFirst(digits)
        }
        return isOffset(&rest) && rest.isEmpty
    }

    private static func isOffset(_ rest: inout ArraySlice<UInt8>) -> Bool {
        if take("Z", &rest) || take("z", &rest) { return true }
        guard take("+", &rest) || take("-", &rest),
            let hour = number(2, &rest), hour < 24, take(":", &rest),
            let minute = number(2, &rest), minute < 60
        else { return false }
        return true
    }

    private static func days(in month: Int, of year: Int) -> Int {
        switch month {
        case 2: year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) ? 29 : 28
        case 4, 6, 9, 11: 30
        default: 31
        }
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
