public import CacheDomain
import TestSupport
import ValueCoding

/// What a service that asks models may rely on, over every store.
public enum ResponseConformance: Sendable {
    /// The caches of two processes, whose keys nobody else has.
    public struct Subject: Sendable {
        let caches: [ResponseCache]
        let records: [EventRecord]
        private let layers: [CacheLayer]

        /// A subject on the layers of two processes.
        public init(_ layers: [CacheLayer], prefix: String) throws {
            let records = layers.map { _ in EventRecord() }
            var settings = ResponseSettings()
            settings.namespace = prefix
            self.layers = layers
            self.records = records
            caches = try zip(layers, records)
                .map { layer, record in
                    try ResponseCache(
                        layer,
                        coder: JSONValueCoder(),
                        settings: settings,
                        observer: record
                    )
                }
        }

        /// All keys of a process, as any other cache sees them; or those of a namespace beside.
        func keys(of process: Int = 0, beside suffix: String = "") -> Cache {
            let namespace = caches[process].settings.namespace + suffix
            return Cache(layers[process], namespace: namespace, coder: JSONValueCoder())
        }
    }

    struct Summary: Codable, Equatable {
        var summary: String
        var confidence: Double
    }

    static let brief = Summary(summary: "Brief summary", confidence: 0.95)
    static let detailed = Summary(
        summary: String(repeating: "So it goes on, \u{E9}\u{1F600}. ", count: 5000),
        confidence: 0.5
    )
    static let options: [String: OptionValue] = ["max_length": 100, "model": "gpt-4"]

    /// All promises.
    public static let checks: [Check<Subject>] = keeping + invalidating + faults

    private static let keeping: [Check<Subject>] = [
        Check("What one process keeps is found by all who ask for the same") { subject in
            let text = "Long document to analyze..."
            let isKept = await subject.caches[0]
                .cacheResponse(brief, text: text, operation: "summarize", options: options)
            try require("kept", isKept, is: true)
            for cache in subject.caches {
                func found(
                    _ text: String,
                    _ operation: String,
                    _ options: [String: OptionValue],
                    _ question: String = ""
                ) async -> Summary? {
                    await cache.response(
                        text: text,
                        operation: operation,
                        options: options,
                        question: question
                    )
                }
                try require("same", await found(text, "summarize", options), is: brief)
                try require("text", await found("\(text)!", "summarize", options), is: nil)
                try require("operation", await found(text, "sentiment", options), is: nil)
                try require("options", await found(text, "summarize", [:]), is: nil)
                try require("question", await found(text, "summarize", options, "?"), is: nil)
            }
        },
        Check("Long texts are names like others, and large responses come back as they were") {
            subject in
            let text = String(repeating: "A paragraph. ", count: 10_000)
            for (number, length) in [100, 1000, 10_000, 130_000].enumerated() {
                let isKept = await subject.caches[number % 2]
                    .cacheResponse(
                        detailed,
                        text: String(text.prefix(length)),
                        operation: "qa",
                        question: "Why?"
                    )
                try require("kept \(length)", isKept, is: true)
                for cache in subject.caches {
                    let found = await cache.response(
                        Summary.self,
                        text: String(text.prefix(length)),
                        operation: "qa",
                        question: "Why?"
                    )
                    try require("found \(length)", found, is: detailed)
                }
            }
            let reports = (subject.records[0].events + subject.records[1].events)
                .compactMap { event -> CompressionReport? in
                    if case .compressed(let report) = event { report } else { nil }
                }
            try require("reports", reports.count, is: 4)
            try require(
                reports.allSatisfy { $0.operation == "qa" && $0.ratio < 0.1 },
                "compressed: \(reports)"
            )
        },
        Check("A response lives as long as its operation says") { subject in
            let lives = [
                "summarize": 7200, "sentiment": 86_400, "key_points": 7200, "questions": 3600,
                "qa": 1800, "translate": 3600,
            ]
            for (operation, seconds) in lives {
                await subject.caches[0].cacheResponse(brief, text: "t", operation: operation)
                let life = try await subject.keys().lifetime("op:\(operation)|txt:t")
                guard case .remaining(let left) = life, left <= .seconds(seconds),
                    left > .seconds(seconds - 60)
                else { throw BrokenPromise(description: "\(operation) lives \(life)") }
            }
        },
    ]

    private static let invalidating: [Check<Subject>] = [
        Check("The responses of an operation go everywhere, others stay, and it is told why") {
            subject in
            let (cache, other) = (subject.caches[0], subject.caches[1])
            for operation in ["summarize", "summarize*", "qa"] {
                for text in ["one", "two", "op:summarize|"] {
                    await cache.cacheResponse(brief, text: text, operation: operation)
                }
            }
            let count = await other.invalidateByOperation("summarize", context: "model_update")
            try require("count", count, is: 3)
            try await eventually("every process knows") {
                await cache.response(Summary.self, text: "one", operation: "summarize") == nil
            }
            try require("others", try await subject.keys().keys().count, is: 6)
            let stars = await other.invalidateByOperation("summarize*")
            try require("a star is a name", stars, is: 3)
            let reports = subject.records[1].invalidations
            try require("contexts", reports.map(\.context), is: ["model_update", ""])
            try require("names", reports.map(\.name), is: ["summarize", "summarize*"])
            try require("counts", reports.map(\.removedCount), is: [3, 3])
            try require("kinds", reports.map(\.kind), is: [.operation, .operation])
        },
        Check("Responses with a pattern in their key go, and it is told why") { subject in
            let cache = subject.caches[0]
            for text in ["red apple", "green apple", "pear"] {
                await cache.cacheResponse(brief, text: text, operation: "sentiment")
            }
            let others = subject.keys(beside: "x")
            try await others.setValue(1, forKey: "apple")
            let none = await cache.invalidatePattern("plum", context: "nothing")
            try require("none", none, is: 0)
            let count = await cache.invalidatePattern("g*apple", context: "batch_invalidation")
            try require("count", count, is: 1)
            let rest = await cache.invalidatePattern("sentiment")
            try require("rest", rest, is: 2)
            try require("others", try await others.exists("apple"), is: true)
            let reports = subject.records[0].invalidations
            let contexts = ["nothing", "batch_invalidation", ""]
            try require("contexts", reports.map(\.context), is: contexts)
            try require("kinds", reports.map(\.kind), is: [.pattern, .pattern, .pattern])
            try require("counts", reports.map(\.removedCount), is: [0, 1, 2])
            try require("failures", reports.map(\.failure), is: [nil, nil, nil])
        },
    ]

    private static let faults: [Check<Subject>] = [
        Check("What cannot be read is no response, is removed, and is counted") { subject in
            let (cache, keys) = (subject.caches[0], subject.keys(of: 1))
            await cache.cacheResponse(brief, text: "t", operation: "qa")
            let before = cache.statistics
            try await keys.setValue("no summary", forKey: "op:qa|txt:t")
            try await eventually("the process knows of the change") {
                await cache.response(Summary.self, text: "t", operation: "qa") == nil
            }
            try await eventually("it is removed everywhere") {
                try await !keys.exists("op:qa|txt:t")
            }
            try require("corrupt", cache.statistics.corrupt - before.corrupt, is: 1)
        },
        Check("What cannot be encoded is not kept, and nobody is told but the observer") {
            subject in
            let cache = subject.caches[0]
            let isKept = await cache.cacheResponse(Double.nan, text: "t", operation: "qa")
            try require("kept", isKept, is: false)
            try require("keys", try await subject.keys().keys(), is: [])
            try require("counted", cache.statistics.unencodable, is: 1)
            guard case .called(let report)? = subject.records[0].events.last else {
                throw BrokenPromise(description: "the observer was not told")
            }
            try require("outcome", report.outcome, is: .unencodable)
        },
    ]
}
