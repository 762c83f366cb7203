import Synchronization

/// A number that only grows; adding is one atomic instruction.
public final class Counter: MetricSeries {
    private let total = Atomic<Int>(0)

    init() {}

    /// Adds a number that is not negative.
    public func add(_ count: Int = 1) { total.add(max(0, count), ordering: .relaxed) }

    /// What was added so far.
    public var value: Int { total.load(ordering: .relaxed) }

    func write(_ labels: [String], of definition: MetricDefinition, to text: inout MetricText) {
        text.append(definition, labels, Double(value))
    }
}
