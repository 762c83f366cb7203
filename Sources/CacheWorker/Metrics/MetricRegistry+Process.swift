import Telemetry

extension MetricRegistry {
    /// The process itself, by the names that all Prometheus clients use.
    func observeProcess(droppedLogLines: @escaping @Sendable () -> Int) {
        let start = ProcessUsage.wallClockSeconds()
        let version = VersionCommand.number
        observe("process_resident_memory_bytes", .gauge, "Bytes in memory.") {
            [MetricSample(ProcessUsage.residentBytes())]
        }
        observe("process_cpu_seconds_total", .counter, "Time on processors, of all threads.") {
            [MetricSample(ProcessUsage.processorTime() / .seconds(1))]
        }
        observe("process_open_fds", .gauge, "Open files and sockets.") {
            [MetricSample(ProcessUsage.openDescriptors())]
        }
        observe("process_start_time_seconds", .gauge, "Start, in seconds since 1970.") {
            [MetricSample(start)]
        }
        observe(
            "cacheworker_log_lines_dropped_total",
            .counter,
            "Log lines that were dropped because their reader was too slow."
        ) {
            [MetricSample(droppedLogLines())]
        }
        observe("cacheworker_build_info", .gauge, "Always 1.", labels: ["version"]) {
            [MetricSample(1, labels: [version])]
        }
    }
}
