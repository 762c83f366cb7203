import Synchronization

/// Counts observations in buckets with fixed bounds, and adds them up.
///
/// An observation takes a lock that nobody holds for long: meant for batches, not for jobs.
public final class Histogram: MetricSeries {
    private let distribution: Mutex<Distribution>

    /// Buckets that end at `bounds`, which rise.
    init(bounds: [Double]) { distribution = Mutex(Distribution(bounds: bounds)) }

    /// Counts a value in the first bucket whose bound is not less.
    public func observe(_ value: Double) { distribution.withLock { $0.add(value) } }

    /// Counts a time span, in seconds.
    public func observe(_ duration: Duration) { observe(duration / .seconds(1)) }

    func write(_ labels: [String], of definition: MetricDefinition, to text: inout MetricText) {
        distribution.withLock(\.self).write(labels, of: definition, to: &text)
    }
}
