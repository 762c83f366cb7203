/// Values counted in buckets with fixed bounds, and added up.
public struct Distribution: Sendable, Equatable {
    /// Where the buckets end; they rise.
    public let bounds: [Double]
    /// One count for each bound, and one for what lies beyond the last.
    public private(set) var counts: [Int]
    /// All values together.
    public private(set) var sum = 0.0

    /// A distribution of nothing, with buckets that end at `bounds`.
    public init(bounds: [Double]) {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "bounds must rise")
        self.bounds = bounds
        counts = Array(repeating: 0, count: bounds.count + 1)
    }

    /// How many values there are.
    public var count: Int { counts.reduce(0, +) }

    /// Counts a value in the first bucket whose bound is not less.
    public mutating func add(_ value: Double) {
        counts[bounds.firstIndex { value <= $0 } ?? bounds.count] += 1
        sum += value
    }

    /// Counts all values of another one, which has the same bounds.
    public mutating func add(_ other: Distribution) {
        precondition(other.bounds == bounds, "distributions with different buckets")
        for (index, count) in other.counts.enumerated() { counts[index] += count }
        sum += other.sum
    }

    func write(_ labels: [String], of definition: MetricDefinition, to text: inout MetricText) {
        var total = 0
        for (count, bound) in zip(counts, bounds + [.infinity]) {
            total += count
            text.append(definition, suffix: "_bucket", labels, bound: bound, Double(total))
        }
        text.append(definition, suffix: "_sum", labels, sum)
        text.append(definition, suffix: "_count", labels, Double(total))
    }
}
