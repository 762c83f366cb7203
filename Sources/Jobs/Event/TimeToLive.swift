/// Lifetimes as events write them: seconds, exact to a millisecond as Redis keeps them.
enum TimeToLive {
    /// A hundred years: beyond that a lifetime is a mistake in units.
    static let maxSeconds = 3_153_600_000
    /// How long the text of a lifetime may be.
    static let maxDigits = 64

    /// The lifetime, or nil if it rounds to nothing, is too long or is no number.
    static func duration(seconds: Double) -> Duration? {
        // Half a millisecond more, cut off by the conversion: `rounded()` would need libm.
        let milliseconds = seconds * 1_000 + 0.5
        guard milliseconds >= 1, seconds <= Double(maxSeconds) else { return nil }
        return .milliseconds(Int64(milliseconds))
    }

    /// The lifetime in decimal seconds without trailing zeros, at least a millisecond.
    static func seconds(_ duration: Duration) -> String {
        let (whole, attoseconds) = duration.components
        let milliseconds = max(1, whole * 1_000 + attoseconds / 1_000_000_000_000_000)
        let fraction = milliseconds % 1_000
        if fraction == 0 { return "\(milliseconds / 1_000)" }
        var digits = String(String(fraction + 1_000).dropFirst())
        while digits.last == "0" { digits.removeLast() }
        return "\(milliseconds / 1_000).\(digits)"
    }
}
