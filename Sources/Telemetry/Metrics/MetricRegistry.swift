import Synchronization

/// All metrics of a process, and their text for Prometheus.
///
/// Metrics are registered once, at the start; the same name twice is a bug.
public final class MetricRegistry: Sendable {
    /// The media type of `text()`.
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private let entries = Mutex<[Entry]>([])

    private struct Entry {
        let definition: MetricDefinition
        let write: @Sendable (inout MetricText) -> Void
    }

    /// A registry with no metrics.
    public init() {}

    /// Registers a number that only grows.
    public func counters(
        _ name: String,
        _ help: String,
        labels: [String] = []
    ) -> MetricFamily<Counter> {
        let definition = MetricDefinition(name, .counter, help, labels: labels)
        let family = MetricFamily(definition) { Counter() }
        register(definition) { text in
            for (labels, series) in family.sorted() {
                series.write(labels, of: definition, to: &text)
            }
        }
        return family
    }

    /// Registers a distribution with buckets that end at `bounds`.
    public func histograms(
        _ name: String,
        _ help: String,
        labels: [String] = [],
        bounds: [Double]
    ) -> MetricFamily<Histogram> {
        precondition(zip(bounds, bounds.dropFirst()).allSatisfy(<), "\(name): bounds must rise")
        let definition = MetricDefinition(name, .histogram, help, labels: labels)
        let family = MetricFamily(definition) { Histogram(bounds: bounds) }
        register(definition) { text in
            for (labels, series) in family.sorted() {
                series.write(labels, of: definition, to: &text)
            }
        }
        return family
    }

    /// Registers a counter or gauge that `read` knows whenever it is asked.
    ///
    /// Called on any thread; must not block. A set of labels that it names twice counts once.
    public func observe(
        _ name: String,
        _ kind: MetricDefinition.Kind,
        _ help: String,
        labels: [String] = [],
        _ read: @escaping @Sendable () -> [MetricSample]
    ) {
        precondition(kind != .histogram, "\(name): a histogram is a distribution")
        let definition = MetricDefinition(name, kind, help, labels: labels)
        register(definition) { text in
            var seen: Set<[String]> = []
            for sample in read() where seen.insert(sample.labels).inserted {
                text.append(definition, sample.labels, sample.value)
            }
        }
    }

    /// Registers a distribution without labels that `read` knows whenever it is asked.
    ///
    /// Called on any thread; must not block.
    public func observe(
        _ name: String,
        _ help: String,
        _ read: @escaping @Sendable () -> Distribution
    ) {
        let definition = MetricDefinition(name, .histogram, help)
        register(definition) { text in read().write([], of: definition, to: &text) }
    }

    /// What is registered, in that order.
    public var definitions: [MetricDefinition] { entries.withLock { $0.map(\.definition) } }

    /// All metrics now, in the Prometheus text format 0.0.4.
    public func text() -> [UInt8] {
        // Read outside the lock: a callback takes locks of its own.
        let entries = entries.withLock(\.self)
        var text = MetricText()
        for entry in entries {
            text.begin(entry.definition)
            entry.write(&text)
        }
        return text.bytes
    }

    private func register(
        _ definition: MetricDefinition,
        _ write: @escaping @Sendable (inout MetricText) -> Void
    ) {
        entries.withLock { entries in
            precondition(
                entries.allSatisfy { $0.definition.name != definition.name },
                "\(definition.name) is registered twice"
            )
            entries.append(Entry(definition: definition, write: write))
        }
    }
}
