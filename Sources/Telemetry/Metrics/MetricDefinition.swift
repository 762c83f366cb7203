/// What a metric is called and what it means; the same for all its series.
public struct MetricDefinition: Sendable, Hashable {
    /// How its values behave over time.
    public enum Kind: String, Sendable {
        /// Only grows, from 0 at the start of the process.
        case counter
        /// Goes up and down.
        case gauge
        /// Counts observations in buckets.
        case histogram
    }

    /// The name, with the unit and, for a counter, `_total` at its end.
    public let name: String
    /// One phrase for people.
    public let help: String
    /// How its values behave.
    public let kind: Kind
    /// What tells its series apart; bounded sets of words, never data of an event.
    public let labels: [String]

    /// A definition that keeps the rules of the format; a name that breaks them is a bug.
    public init(_ name: String, _ kind: Kind, _ help: String, labels: [String] = []) {
        precondition(Self.isName(name), "\(name) is no name for a metric")
        precondition((kind == .counter) == name.hasSuffix("_total"), "\(name): _total is a counter")
        precondition(labels.allSatisfy(Self.isLabel), "\(name) has a label that is no name")
        precondition(Set(labels).count == labels.count, "\(name) has a label twice")
        self.name = name
        self.kind = kind
        self.help = help
        self.labels = labels
    }

    private static func isName(_ text: String) -> Bool {
        guard let first = text.utf8.first, !isDigit(first) else { return false }
        return text.utf8.allSatisfy { isLetter($0) || isDigit($0) }
    }

    /// `le` is the histogram's own, and two underscores begin those of Prometheus itself.
    private static func isLabel(_ text: String) -> Bool {
        isName(text) && text != "le" && !text.hasPrefix("__")
    }

    private static func isLetter(_ byte: UInt8) -> Bool {
        byte | 0x20 >= UInt8(ascii: "a") && byte | 0x20 <= UInt8(ascii: "z")
            || byte == UInt8(ascii: "_")
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
    }
}

/// One value that is read when it is asked for.
public struct MetricSample: Sendable, Equatable {
    /// One value for each label of the definition.
    public let labels: [String]
    /// The value now.
    public let value: Double

    /// A sample of a metric with labels, or without.
    public init(_ value: Double, labels: [String] = []) {
        self.labels = labels
        self.value = value
    }

    /// A count.
    public init(_ value: Int, labels: [String] = []) {
        self.init(Double(value), labels: labels)
    }

    /// 1 for yes, 0 for no.
    public init(_ value: Bool, labels: [String] = []) {
        self.init(value ? 1 : 0, labels: labels)
    }
}
