import Synchronization

/// What counts for one set of label values: a `Counter` or a `Histogram`.
public protocol MetricSeries: AnyObject, Sendable {}

/// The series of one metric, one for each set of label values.
///
/// The number of series is bounded: what comes after `maxSeries` is counted under `other`, so that
/// no label, whatever it is filled with, can make memory grow.
public final class MetricFamily<Series: MetricSeries>: Sendable {
    /// How many sets of label values are told apart.
    static var maxSeries: Int { 100 }
    /// The value of every label beyond that.
    static var other: String { "other" }

    private let definition: MetricDefinition
    private let makeSeries: @Sendable () -> Series
    private let series = Mutex<[[String]: Series]>([:])

    init(_ definition: MetricDefinition, _ makeSeries: @escaping @Sendable () -> Series) {
        self.definition = definition
        self.makeSeries = makeSeries
        // Without labels there is one series, and it says 0 from the start.
        if definition.labels.isEmpty { _ = with() }
    }

    /// The series of these label values, in the order of the labels; made when it is first named.
    public func with(_ values: String...) -> Series {
        precondition(values.count == definition.labels.count, "\(definition.name): wrong labels")
        return series.withLock { series in
            if let known = series[values] { return known }
            let isFull = series.count >= Self.maxSeries
            let key = isFull ? values.map { _ in Self.other } : values
            if let known = series[key] { return known }
            let new = makeSeries()
            series[key] = new
            return new
        }
    }

    /// All series in the order of their label values.
    func sorted() -> [(labels: [String], series: Series)] {
        series.withLock { series in
            series.map { (labels: $0.key, series: $0.value) }
                .sorted { $0.labels.lexicographicallyPrecedes($1.labels) }
        }
    }
}
