import Codecs

/// A fixed distance between firings, counted from a moment that all processes agree on.
struct EveryInterval: Sendable, Hashable {
    private static let units: [Character: Int] = [
        "s": 1, "m": 60, "h": 3_600, "d": 86_400, "w": 7 * 86_400,
    ]
    /// A century.
    private static let maxSeconds = 36_525 * 86_400

    let seconds: Int
    /// One of the firings, in seconds since 1970.
    let anchor: Int

    /// The last multiple that is not after an instant.
    func last(through instant: Int) -> Int {
        anchor + (instant - anchor).floored(by: seconds) * seconds
    }

    /// The length that a text such as `90s` or `1h30m` tells; nil when it tells none, or less than
    /// a second or more than a century.
    static func seconds(_ text: Substring) -> Int? {
        var (rest, total, smallest) = (text, 0, Int.max)
        while !rest.isEmpty {
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard (1...10).contains(digits.count), let number = Int(digits),
                let unit = rest.dropFirst(digits.count).first.flatMap({ units[$0] }),
                unit < smallest
            else { return nil }
            (total, smallest) = (total + number * unit, unit)
            rest = rest.dropFirst(digits.count + 1)
        }
        return (1...maxSeconds).contains(total) ? total : nil
    }
}
