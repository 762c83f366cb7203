import CacheDomain
import Testing
import ValueCoding

/// What the documentation shows of `DomainCache`.
@Suite(.timeLimit(.minutes(1))) struct DomainExamples {
    private struct State: Codable, Equatable {
        var phase: String
    }

    private struct Profile: Encodable {
        var age: Int
        var goals: [String]
    }

    private let state = State(phase: "closing")

    @Test func `a conversation goes on where it was`() async throws {
        try await withLayer { layer in
            let domain = try DomainCache(layer, coder: JSONValueCoder())
            try await domain.setConversation(state, id: "conversation-123", of: [.customer("456")])
            let known = try await domain.conversation(State.self, id: "conversation-123")
            #expect(known == state)
        }
    }

    @Test func `a result is kept for its input, and goes with whom it belongs to`() async throws {
        try await withLayer { layer in
            let domain = try DomainCache(layer, coder: JSONValueCoder())
            let profile = Profile(age: 40, goals: ["energy"])
            let input = try InputDigest.text(of: profile)
            if try await domain.tierDetection(String.self, customer: "456", context: input) == nil {
                try await domain.setTierDetection("gold", customer: "456", context: input)
            }
            let tier = try await domain.tierDetection(String.self, customer: "456", context: input)
            #expect(tier == "gold")

            try await domain.incrementMetric("api", "requests")
            let requests = try await domain.metric("api", "requests")
            #expect(requests == 1)

            let count = try await domain.removeAll(of: .customer("456"), context: "profile changed")
            #expect(count == 1)
        }
    }
}
