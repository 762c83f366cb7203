/// Sizes as people write them: bytes, or a number with `k`, `M`, `G`, `KiB`, `MiB` or `GiB`.
///
/// All units are powers of 1,024, as in the configuration of Redis and RabbitMQ's memory limits.
enum ByteSize: Sendable {
    private static let units = ["KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30]

    /// The number of bytes; nil when the text is none.
    static func read(_ text: String) -> Int? {
        let number = text.prefix { $0.isASCII && $0.isNumber }
        let unit = text[number.endIndex...].lowercased()
        guard let value = Int(number), let factor = factor(unit) else { return nil }
        let (bytes, overflow) = value.multipliedReportingOverflow(by: factor)
        return overflow ? nil : bytes
    }

    /// The shortest text that reads as the number.
    static func text(_ bytes: Int) -> String {
        let unit = units.sorted { $0.value > $1.value }
            .first { bytes > 0 && bytes % $0.value == 0 }
        return unit.map { "\(bytes / $0.value)\($0.key)" } ?? "\(bytes)"
    }

    private static func factor(_ unit: String) -> Int? {
        switch unit {
        case "", "b": 1
        case "k", "kb", "kib": 1 << 10
        case "m", "mb", "mib": 1 << 20
        case "g", "gb", "gib": 1 << 30
        default: nil
        }
    }
}
