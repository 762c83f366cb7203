import Glibc

/// The wall clock as text, for people: never for waiting or comparing.
public enum Timestamp: Sendable {
    /// This moment, RFC 3339 in UTC with milliseconds.
    public static func now() -> String {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return text(time)
    }

    /// Milliseconds since 1970.
    public static func millisecondsSince1970() -> Int64 {
        var time = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// RFC 3339 in UTC with milliseconds.
    public static func text(milliseconds: Int64) -> String {
        // Division rounds towards zero, but the milliseconds of a time before 1970 count up, too.
        let seconds = (milliseconds >= 0 ? milliseconds : milliseconds - 999) / 1000
        let rest = milliseconds - seconds * 1000
        return text(timespec(tv_sec: Int(seconds), tv_nsec: Int(rest) * 1_000_000))
    }

    /// RFC 3339 in UTC with milliseconds.
    static func text(_ time: timespec) -> String {
        var seconds = time.tv_sec
        var parts = unsafe tm()
        unsafe gmtime_r(&seconds, &parts)
        func padded(_ number: some BinaryInteger, _ width: Int) -> String {
            let digits = "\(number)"
            return String(repeating: "0", count: max(0, width - digits.count)) + digits
        }
        let (year, month, day) = unsafe (parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday)
        let (hour, minute, second) = unsafe (parts.tm_hour, parts.tm_min, parts.tm_sec)
        let date = "\(padded(year, 4))-\(padded(month, 2))-\(padded(day, 2))"
        let clock = "\(padded(hour, 2)):\(padded(minute, 2)):\(padded(second, 2))"
        return "\(date)T\(clock).\(padded(time.tv_nsec / 1_000_000, 3))Z"
    }
}
