import TestSupport
import Testing

@testable import Telemetry

@Suite("The metrics")
struct MetricRegistryTests {
    private func text(of registry: MetricRegistry) -> String {
        String(decoding: registry.text(), as: UTF8.self)
    }

    @Test("are told in the order they were registered, their series in the order of their labels")
    func order() throws {
        let registry = MetricRegistry()
        let jobs = registry.counters("jobs_total", "Jobs.", labels: ["source", "outcome"])
        registry.observe("up", .gauge, "Up.") { [MetricSample(true)] }
        jobs.with("stream", "done").add(3)
        jobs.with("amqp", "done").add()
        jobs.with("stream", "done").add(2)
        #expect(
            text(of: registry) == """
                # HELP jobs_total Jobs.
                # TYPE jobs_total counter
                jobs_total{source="amqp",outcome="done"} 1
                jobs_total{source="stream",outcome="done"} 5
                # HELP up Up.
                # TYPE up gauge
                up 1

                """
        )
    }

    @Test("escape what would end a line or a value")
    func escaping() throws {
        let registry = MetricRegistry()
        let name = "a\\b\"c\nd"
        registry.counters("odd_total", "One\\two\nthree.", labels: ["name"]).with(name).add()
        let text = text(of: registry)
        #expect(text.contains("# HELP odd_total One\\\\two\\nthree.\n"))
        #expect(text.contains("odd_total{name=\"a\\\\b\\\"c\\nd\"} 1\n"))
        #expect(try PrometheusText(text).value("odd_total", ["name": name]) == 1)
    }

    @Test("write every number so that it is read back as the same")
    func numbers() throws {
        let values = [0, -1, 0.1, 1e-9, 1.5e300, 9_007_199_254_740_992, .infinity, -.infinity]
        let registry = MetricRegistry()
        registry.observe("number", .gauge, "N.", labels: ["index"]) {
            values.enumerated().map { MetricSample($1, labels: ["\($0)"]) }
        }
        registry.observe("no_number", .gauge, "N.") { [MetricSample(.nan)] }
        let read = try PrometheusText(text(of: registry))
        for (index, value) in values.enumerated() {
            #expect(read.value("number", ["index": "\(index)"]) == value)
        }
        #expect(read.value("no_number")?.isNaN == true)
    }

    @Test("count observations in every bucket whose bound is not less")
    func histogram() throws {
        let registry = MetricRegistry()
        let family = registry.histograms("wait_seconds", "Wait.", bounds: [0.1, 1])
        for value in [0.05, 0.1, 0.5, 7] { family.with().observe(value) }
        family.with().observe(.milliseconds(250))
        let read = try PrometheusText(text(of: registry))
        let buckets = read.samples.filter { $0.name == "wait_seconds_bucket" }
        #expect(buckets.map(\.labels) == [["le": "0.1"], ["le": "1"], ["le": "+Inf"]])
        #expect(buckets.map(\.value) == [2, 4, 5])
        #expect(read.value("wait_seconds_count") == 5)
        #expect(read.value("wait_seconds_sum") == 0.05 + 0.1 + 0.5 + 7 + 0.25)
    }

    @Test("without labels say 0 before anything has happened")
    func zero() throws {
        let registry = MetricRegistry()
        _ = registry.counters("lost_total", "Lost.")
        _ = registry.histograms("wait_seconds", "Wait.", bounds: [1])
        let read = try PrometheusText(text(of: registry))
        #expect(read.value("lost_total") == 0)
        #expect(read.value("wait_seconds_count") == 0)
    }

    @Test("count under other what comes after the last series there is room for")
    func bound() throws {
        let registry = MetricRegistry()
        let family = registry.counters("jobs_total", "Jobs.", labels: ["reason", "kind"])
        let limit = MetricFamily<Counter>.maxSeries
        for index in 0..<limit * 3 { family.with("r\(index)", "k").add() }
        family.with("r0", "k").add()
        let read = try PrometheusText(text(of: registry))
        #expect(read.samples.count == limit + 1)
        #expect(read.value("jobs_total", ["reason": "r0", "kind": "k"]) == 2)
        #expect(
            read.value("jobs_total", ["reason": "other", "kind": "other"]) == Double(limit * 2)
        )
    }

    @Test("lose no addition of several threads, and are whole while they are counted")
    func threads() async throws {
        let registry = MetricRegistry()
        let counters = registry.counters("jobs_total", "Jobs.", labels: ["source"])
        let histograms = registry.histograms("size", "Size.", labels: ["source"], bounds: [1, 10])
        try await withThrowingTaskGroup(of: Void.self) { group in
            for task in 0..<4 {
                group.addTask {
                    for index in 0..<5_000 {
                        counters.with("s\(index % 3)").add(2)
                        histograms.with("s\(task % 2)").observe(Double(index % 20))
                    }
                }
            }
            group.addTask {
                for _ in 0..<50 { _ = try PrometheusText(text(of: registry)) }
            }
            try await group.waitForAll()
        }
        let read = try PrometheusText(text(of: registry))
        let jobs = read.samples.filter { $0.name == "jobs_total" }
        #expect(jobs.reduce(0) { $0 + $1.value } == 40_000)
        let sizes = read.samples.filter { $0.name == "size_count" }
        #expect(sizes.map(\.value) == [10_000, 10_000])
    }

    @Test("tell of each set of labels once, though a callback names it twice")
    func twice() throws {
        let registry = MetricRegistry()
        registry.observe("up", .gauge, "Up.", labels: ["role"]) {
            [MetricSample(1, labels: ["data"]), MetricSample(0, labels: ["data"])]
        }
        #expect(try PrometheusText(text(of: registry)).value("up", ["role": "data"]) == 1)
    }
}
