import CacheDomain
import Telemetry

extension MetricRegistry {
    /// What became of values that were to be loaded from their source.
    func observeLoads(of cache: CacheLayer) {
        observe(
            "cacheworker_loads_total",
            .counter,
            "Loads of values from their source, and waits for those of other processes, by event.",
            labels: ["event"]
        ) {
            let statistics = cache.loadStatistics
            return LoadStatistics.Event.allCases.map { event in
                MetricSample(statistics[event], labels: [event.label])
            }
        }
        observe(
            "cacheworker_loads_shared_total",
            .counter,
            "Reads that joined a load which was under way in this process."
        ) {
            [MetricSample(cache.loadStatistics.shared)]
        }
    }
}

extension LoadStatistics.Event {
    /// The event as a metric names it.
    fileprivate var label: String {
        switch self {
        case .started: "started"
        case .startedAlone: "started_alone"
        case .failed: "failed"
        case .timedOut: "timed_out"
        case .filled: "filled"
        case .refused: "refused"
        case .unwritten: "unwritten"
        case .waited: "waited"
        case .waitedInVain: "waited_in_vain"
        case .servedStale: "served_stale"
        }
    }
}
