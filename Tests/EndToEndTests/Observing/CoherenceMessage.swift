import Foundation
import TestSupport

/// A message of the coherence channel as a program in another language reads it.
struct CoherenceMessage: Decodable, Sendable {
    let s: Int
    let e: String
    let n: String
    let k: [String]?
    let t: [String]?
    let p: [String]?
    let ns: [String]?
    let all: Bool?

    /// Whether it names nothing and so only repeats the last sequence.
    var isHeartbeat: Bool { k == nil && t == nil && p == nil && ns == nil && all == nil }

    init(_ text: String) throws {
        self = try JSONDecoder().decode(CoherenceMessage.self, from: Data(text.utf8))
    }
}

/// A subscriber of the coherence channel.
struct CoherenceListener: Sendable {
    private let probe: RedisProbe

    init(_ redis: RedisServer, limit: Duration = .seconds(60)) throws {
        probe = try redis.probe(limit: limit)
        try probe.subscribe("{cw}:coherence")
    }

    /// The next message that is no heartbeat, as it was published.
    func nextText() throws -> String {
        while true {
            let text = try probe.receive().elements.last?.text ?? ""
            if try !CoherenceMessage(text).isHeartbeat { return text }
        }
    }

    /// The next message that is no heartbeat.
    func next() throws -> CoherenceMessage { try CoherenceMessage(nextText()) }
}
