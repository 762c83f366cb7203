public import CacheDomain
import TestSupport
import ValueCoding

/// What a sales service may rely on, over every store.
public enum DomainConformance: Sendable {
    /// The caches of two processes, whose keys nobody else has.
    public struct Subject: Sendable {
        let domains: [DomainCache]
        let records: [EventRecord]
        /// The first one's data, in another form.
        let inPropertyLists: DomainCache

        /// A subject on the layers of two processes.
        public init(_ layers: [CacheLayer], prefix: String) throws {
            let records = layers.map { _ in EventRecord() }
            self.records = records
            inPropertyLists = try DomainCache(
                layers[0],
                coder: PropertyListValueCoder(),
                namespace: prefix
            )
            domains = try zip(layers, records)
                .map { layer, record in
                    try DomainCache(
                        layer,
                        coder: JSONValueCoder(),
                        namespace: prefix,
                        observer: record
                    )
                }
        }
    }

    struct State: Codable, Equatable {
        var phase: String
        var score: Double
        var turns: [String]
    }

    static let state = State(phase: "discovery", score: 0.75, turns: ["hi", "h\u{E9}llo"])
    static let other = State(phase: "closing", score: 1, turns: [])

    /// All promises.
    public static let checks: [Check<Subject>] = keeping + removing + counting + faults

    private static let keeping: [Check<Subject>] = [
        Check("What one process keeps of each type, all find, and nobody under another name") {
            subject in
            try await Self.fill(subject.domains[0], with: state)
            for domain in subject.domains {
                let found = try await Self.all(domain, "1", "a")
                try require("found", found, is: Array(repeating: state, count: 8))
                let none = try await Self.all(domain, "2", "b")
                try require("other names", none, is: Array(repeating: nil, count: 8))
            }
            try await Self.fill(subject.domains[1], with: other)
            try await eventually("all know of the change") {
                try await Self.all(subject.domains[0], "1", "a").allSatisfy { $0 == other }
            }
        },
        Check("Each type lives as the table says, or as it is told") { subject in
            let domain = subject.domains[0]
            try await Self.fill(domain, with: state)
            let lives = [
                "conv:1": 1800, "cust:1": 3600, "pred:a:1": 300, "tier:1:a": 1800,
                "prog:rec:1": 3600, "roi:a:1": 600, "conf:agent:1": 7200, "know:1": 86_400,
            ]
            try require("keys", try await domain.cache.keys().count, is: lives.count)
            for (key, seconds) in lives { try await Self.requireLife(domain, key, seconds) }
            try await domain.setCustomer(state, id: "1", timeToLive: .seconds(60))
            try await Self.requireLife(domain, "cust:1", 60)
        },
        Check("Values are had again in another form, too, and are none in the first") { subject in
            let domain = subject.inPropertyLists
            try await domain.setCustomer(state, id: "1")
            try require("value", try await domain.customer(id: "1"), is: state)
            let json = try await subject.domains[1].customer(State.self, id: "1")
            try require("as JSON", json, is: nil)
        },
        Check("Many conversations are found in their order") { subject in
            for (domain, id) in zip(subject.domains, ["1", "3"]) {
                try await domain.setConversation(state, id: id)
            }
            let found = try await subject.domains[0]
                .conversations(State.self, ids: ["3", "2", "1"])
            try require("found", found, is: [state, nil, state])
        },
    ]

    private static let removing: [Check<Subject>] = [
        Check("What belongs to a customer goes with him, and it is told why") { subject in
            let (domain, other) = (subject.domains[0], subject.domains[1])
            try await domain.setCustomer(state, id: "c")
            try await domain.setConversation(state, id: "1", of: [.customer("c")])
            try await domain.setConversation(state, id: "2", of: [.customer("cc")])
            try await other.setTierDetection(state, customer: "c", context: "x")
            try await other.setTierDetection(state, customer: "cc", context: "x")
            let both: [DomainOwner] = [.customer("c"), .conversation("2")]
            try await other.setPrediction(state, kind: "needs", input: "h", of: both)
            try await other.setReturnOnInvestment(state, profession: "p", metrics: "m")
            let count = try await other.removeAll(of: .customer("c"), context: "erasure")
            try require("count", count, is: 4)
            let left = try await domain.cache.keys().sorted()
            try require("left", left, is: ["conv:2", "roi:p:m", "tier:cc:x"])
            let report = subject.records[1].invalidations
            try require("context", report.map(\.context), is: ["erasure"])
            try require("kind", report.map(\.kind), is: [.owner])
            try require("counted", report.map(\.removedCount), is: [4])
        },
        Check("What belongs to a conversation goes with it") { subject in
            let domain = subject.domains[0]
            try await domain.setConversation(state, id: "1")
            try await domain.setRecommendations(state, profile: "p", of: [.conversation("1")])
            try await domain.setKnowledge(state, topic: "pricing")
            let count = try await domain.removeAll(of: .conversation("1"))
            try require("count", count, is: 2)
            try require("left", try await domain.cache.keys(), is: ["know:pricing"])
            let again = try await domain.removeAll(of: .conversation("1"))
            try require("again", again, is: 0)
        },
    ]

    private static let counting: [Check<Subject>] = [
        Check("Metrics are counted exactly, whoever counts") { subject in
            let domain = subject.domains[0]
            try require("nothing", try await domain.metric("api", "requests"), is: 0)
            try await withThrowingTaskGroup(of: Void.self) { group in
                for task in 0..<10 {
                    let domain = subject.domains[task % 2]
                    group.addTask {
                        for _ in 0..<10 { try await domain.incrementMetric("api", "requests") }
                    }
                }
                try await group.waitForAll()
            }
            let sum = try await domain.incrementMetric("api", "requests", by: 5)
            try require("sum", sum, is: 105)
            for domain in subject.domains + [subject.inPropertyLists] {
                try require("all", try await domain.metric("api", "requests"), is: 105)
            }
            try require("others", try await domain.metric("cache", "hits"), is: 0)
            try await Self.requireLife(domain, "metr:api:requests", 30 * 86_400)
        }
    ]

    private static let faults: [Check<Subject>] = [
        Check("What cannot be decoded is none and goes; what cannot be encoded is not kept") {
            subject in
            let domain = subject.domains[0]
            try await subject.domains[1].setCustomer("no state", id: "1")
            try require("value", try await domain.customer(State.self, id: "1"), is: nil)
            try require("gone", try await domain.cache.exists("cust:1"), is: false)
            try require("corrupt", domain.cache.statistics.corrupt, is: 1)
            let isKept = try await domain.setKnowledge(Double.nan, topic: "t")
            try require("kept", isKept, is: false)
            try require("counted", domain.cache.statistics.unencodable, is: 1)
        },
        Check("Names that are empty, or could be another's, are refused") { subject in
            let domain = subject.domains[0]
            let calls: [() async throws -> Void] = [
                { _ = try await domain.conversation(State.self, id: "") },
                { try await domain.setConversation(state, id: "1", of: [.customer("")]) },
                { try await domain.setTierDetection(state, customer: "a:b", context: "c") },
                { _ = try await domain.tierDetection(State.self, customer: "a:b", context: "c") },
                { try await domain.incrementMetric("api:", "requests") },
                { try await domain.removeAll(of: .customer("")) },
            ]
            for (number, call) in calls.enumerated() {
                let code = await Self.code(call)
                try require("call \(number)", code, is: .key)
            }
            try require("keys", try await domain.cache.keys(), is: [])
            let life = await Self.code {
                try await domain.setCustomer(state, id: "1", timeToLive: .zero)
            }
            try require("life", life, is: .timeToLive)
            try await domain.cache.setValue("many", forKey: "metr:api:requests")
            let count = await Self.code { try await domain.incrementMetric("api", "requests") }
            try require("no number", count, is: .operation)
            let sum = await Self.code { _ = try await domain.metric("api", "requests") }
            try require("no sum", sum, is: .operation)
        },
    ]

    // MARK: Within

    private static func fill(_ domain: DomainCache, with state: State) async throws {
        try await domain.setConversation(state, id: "1")
        try await domain.setCustomer(state, id: "1")
        try await domain.setPrediction(state, kind: "a", input: "1")
        try await domain.setTierDetection(state, customer: "1", context: "a")
        try await domain.setRecommendations(state, profile: "1")
        try await domain.setReturnOnInvestment(state, profession: "a", metrics: "1")
        try await domain.setConfiguration(state, name: "1")
        try await domain.setKnowledge(state, topic: "1")
    }

    private static func all(
        _ domain: DomainCache,
        _ id: String,
        _ kind: String
    ) async throws -> [State?] {
        [
            try await domain.conversation(id: id), try await domain.customer(id: id),
            try await domain.prediction(kind: kind, input: id),
            try await domain.tierDetection(customer: id, context: kind),
            try await domain.recommendations(profile: id),
            try await domain.returnOnInvestment(profession: kind, metrics: id),
            try await domain.configuration(name: id), try await domain.knowledge(topic: id),
        ]
    }

    private static func requireLife(
        _ domain: DomainCache,
        _ key: String,
        _ seconds: Int
    ) async throws {
        let life = try await domain.cache.lifetime(key)
        guard case .remaining(let left) = life, left <= .seconds(seconds),
            left > .seconds(seconds - 30)
        else { throw BrokenPromise(description: "\(key) lives \(life), not \(seconds) s") }
    }

    private static func code(_ body: () async throws -> Void) async -> CacheError.Code? {
        do { try await body() } catch { return (error as? CacheError)?.code }
        return nil
    }
}
