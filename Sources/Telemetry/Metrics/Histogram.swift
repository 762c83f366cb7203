import Synchronization

/// Counts observations in buckets with fixed bounds, and adds them up.
///
/// An observation takes a lock that nobody holds for long: meant for batches, not for jobs.
public final class Histogram: MetricSeries {
    private let bounds: [Double]
    private let state: Mutex<State>

    private struct State {
        /// One for each bound, and one for what lies beyond the last.
        var counts: [Int]
        var sum = 0.0
    }

    /// Buckets that end at `bounds`, which rise.
    init(bounds: [Double]) {
        self.bounds = bounds
        state = Mutex(State(counts: Array(repeating: 0, count: bounds.count + 1)))
    }

    /// Counts a value in the first bucket whose bound is not less.
    public func observe(_ value: Double) {
        let bucket = bounds.firstIndex { value <= $0 } ?? bounds.count
        state.withLock { state in
            state.counts[bucket] += 1
            state.sum += value
        }
    }

    /// Counts a time span, in seconds.
    public func observe(_ duration: Duration) { observe(duration / .seconds(1)) }

    func write(_ labels: [String], of definition: MetricDefinition, to text: inout MetricText) {
        let (counts, sum) = state.withLock { ($0.counts, $0.sum) }
        var total = 0
        for (count, bound) in zip(counts, bounds + [.infinity]) {
            total += count
            text.append(definition, suffix: "_bucket", labels, bound: bound, Double(total))
        }
        text.append(definition, suffix: "_sum", labels, sum)
        text.append(definition, suffix: "_count", labels, Double(total))
    }
}
