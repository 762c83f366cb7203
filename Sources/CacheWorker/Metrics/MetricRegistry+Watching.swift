import CacheDomain
import Telemetry

extension MetricRegistry {
    /// Whether foreign changes are told; without watched prefixes there is nothing to say.
    func observe(_ watcher: PrefixWatcher?) {
        observe(
            "cacheworker_watch_serving",
            .gauge,
            "Whether copies under watched prefixes may be served: 1 or 0."
        ) {
            watcher.map { [MetricSample($0.problem == nil)] } ?? []
        }
        count(
            "cacheworker_watch_beginnings_total",
            "How often the watch of prefixes began; all after the first are reconnects.",
            watcher,
            \.beginnings
        )
        count(
            "cacheworker_watch_losses_total",
            "How often the watch was lost, so that no copy under its prefixes was trusted.",
            watcher,
            \.losses
        )
        count(
            "cacheworker_watch_changes_total",
            "Keys that were told as changed, by foreign programs or by workers.",
            watcher,
            \.changes
        )
        count(
            "cacheworker_watch_flushes_total",
            "How often all keys were told as changed, since the server was emptied.",
            watcher,
            \.flushes
        )
    }

    private func count(
        _ name: String,
        _ help: String,
        _ watcher: PrefixWatcher?,
        _ number: any KeyPath<PrefixWatcher.Statistics, Int> & Sendable
    ) {
        observe(name, .counter, help) {
            watcher.map { [MetricSample($0.statistics[keyPath: number])] } ?? []
        }
    }
}
