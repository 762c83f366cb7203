/// Writes the Prometheus text format, version 0.0.4.
struct MetricText {
    private(set) var bytes: [UInt8] = []

    /// The two lines before the samples of a metric.
    mutating func begin(_ definition: MetricDefinition) {
        append("# HELP \(definition.name) ")
        appendEscaped(definition.help, quotes: false)
        append("\n# TYPE \(definition.name) \(definition.kind.rawValue)\n")
    }

    /// One line; `bound` is that of a bucket.
    mutating func append(
        _ definition: MetricDefinition,
        suffix: String = "",
        _ values: [String],
        bound: Double? = nil,
        _ value: Double
    ) {
        append(definition.name + suffix)
        var separator = "{"
        for (name, value) in zip(definition.labels, values) {
            append("\(separator)\(name)=\"")
            appendEscaped(value, quotes: true)
            append("\"")
            separator = ","
        }
        if let bound {
            append("\(separator)le=\"\(Self.number(bound))\"")
            separator = ","
        }
        append(separator == "{" ? " " : "} ")
        append(Self.number(value))
        append("\n")
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    private mutating func appendEscaped(_ text: String, quotes: Bool) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\\"): append("\\\\")
            case UInt8(ascii: "\n"): append("\\n")
            case UInt8(ascii: "\"") where quotes: append("\\\"")
            default: bytes.append(byte)
            }
        }
    }

    /// Whole numbers without a fraction, the rest so that it reads back as the same.
    private static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        if let whole = Int(exactly: value), abs(whole) < 1 << 53 { return "\(whole)" }
        return "\(value)"
    }
}
