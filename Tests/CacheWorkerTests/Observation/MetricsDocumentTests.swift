import CacheDomain
import Foundation
import Telemetry
import TestSupport
import Testing

@testable import CacheWorker

@Suite("docs/METRICS.md")
struct MetricsDocumentTests {
    private func observation() -> Observation {
        let tier = LocalTier(LRUStorage(maxEntries: 1, maxBytes: 1))
        let log = InMemoryStore(InMemoryServer(), node: "test")
        let follower = CoherenceFollower(log: log, tier: tier, logger: Logger(SilentLog()))
        let auditor = CoherenceAuditor(
            store: log,
            log: log,
            tier: tier,
            follower: follower,
            logger: Logger(SilentLog())
        )
        return Observation(
            follower: follower,
            prefixWatcher: nil,
            auditor: auditor,
            cache: CacheLayer(store: log, tier: tier, gate: follower.gate),
            droppedLogLines: { 0 }
        )
    }

    @Test("has one row for each metric, in the words of the registry, and no other")
    func rows() throws {
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
        let document = try String(
            contentsOf: root.appendingPathComponent("docs/METRICS.md"),
            encoding: .utf8
        )
        let rows = document.split(separator: "\n").filter { $0.hasPrefix("| `") }.map(String.init)
        let expected = observation().registry.definitions
            .map { definition in
                let labels = definition.labels.map { "`\($0)`" }.joined(separator: ", ")
                return "| `\(definition.name)` | \(definition.kind.rawValue) | "
                    + "\(labels.isEmpty ? "–" : labels) | \(definition.help) |"
            }
        #expect(rows == expected)
    }

    @Test("stands for metrics that Prometheus can read before anything has happened")
    func readable() throws {
        let registry = observation().registry
        let text = try PrometheusText(String(decoding: registry.text(), as: UTF8.self))
        #expect(text.types.count == registry.definitions.count)
        #expect(text.value("cacheworker_ready") == 0)
        #expect(text.value("cacheworker_watch_serving") == nil, "nothing is watched")
        #expect(text.value("cacheworker_build_info", ["version": VersionCommand.number]) == 1)
        let isPlain = registry.definitions.allSatisfy { definition in
            definition.name.hasPrefix("cacheworker_") || definition.name.hasPrefix("process_")
        }
        #expect(isPlain)
    }
}
