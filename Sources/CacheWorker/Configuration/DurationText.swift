/// Durations as people write them: `500ms`, `25s`, `2m`, `1h`, `1d` or a plain number of seconds.
enum DurationText: Sendable {
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("ms", 1), ("s", 1_000), ("m", 60_000), ("h", 3_600_000), ("d", 86_400_000),
    ]

    /// The duration, to the millisecond; nil when the text is none or too long for the clock.
    static func read(_ text: String) -> Duration? {
        let number = text.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
        let unit = text[number.endIndex...]
        guard let factor = unit.isEmpty ? 1_000 : units.first(where: { $0.name == unit })?.1,
            let milliseconds = scaled(number, by: factor)
        else { return nil }
        return .milliseconds(milliseconds)
    }

    /// The shortest text that reads as the duration.
    static func text(_ duration: Duration) -> String {
        let (seconds, attoseconds) = duration.components
        let milliseconds = seconds * 1_000 + attoseconds / 1_000_000_000_000_000
        let unit = units.last { milliseconds % $0.milliseconds == 0 }
        guard milliseconds != 0, let unit else { return "0s" }
        return "\(milliseconds / unit.milliseconds)\(unit.name)"
    }

    /// The decimal number times the factor, exactly; nil unless the result is whole.
    private static func scaled(_ number: Substring, by factor: Int64) -> Int64? {
        let parts = number.split(separator: ".", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let whole = Int64(parts[0]) else { return nil }
        let (product, overflow) = whole.multipliedReportingOverflow(by: factor)
        guard !overflow else { return nil }
        guard parts.count == 2 else { return product }
        // Milliseconds need no more than eight digits, whatever the unit.
        guard (1...8).contains(parts[1].count), let digits = Int64(parts[1]) else { return nil }
        let scale = (0..<parts[1].count).reduce(Int64(1)) { scale, _ in scale * 10 }
        let (fraction, rest) = (digits * factor).quotientAndRemainder(dividingBy: scale)
        let (sum, isTooLong) = product.addingReportingOverflow(fraction)
        return rest == 0 && !isTooLong ? sum : nil
    }
}
