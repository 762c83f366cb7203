import Foundation

/// A message of the coherence channel as a program in another language reads it.
public struct CoherenceMessage: Decodable, Sendable {
    /// Its number.
    public let s: Int
    /// The name of the log's present life.
    public let e: String
    /// The node that wrote it.
    public let n: String
    /// The keys it names.
    public let k: [String]?
    /// The tags.
    public let t: [String]?
    /// The patterns.
    public let p: [String]?
    /// The namespaces.
    public let ns: [String]?
    /// Whether it is about everything.
    public let all: Bool?

    /// Whether it names nothing and so only repeats the last sequence.
    public var isHeartbeat: Bool { k == nil && t == nil && p == nil && ns == nil && all == nil }

    /// Reads one.
    public init(_ text: String) throws {
        self = try JSONDecoder().decode(CoherenceMessage.self, from: Data(text.utf8))
    }
}

/// A subscriber of the coherence channel.
public struct CoherenceListener: Sendable {
    private let probe: RedisProbe

    /// Listens from now on; `limit` is how long one message may take.
    public init(_ redis: RedisServer, limit: Duration = .seconds(60)) throws {
        probe = try redis.probe(limit: limit)
        try probe.subscribe("{cw}:coherence")
    }

    /// The next message that is no heartbeat, as it was published.
    public func nextText() throws -> String {
        while true {
            let text = try probe.receive().elements.last?.text ?? ""
            if try !CoherenceMessage(text).isHeartbeat { return text }
        }
    }

    /// The next message that is no heartbeat.
    public func next() throws -> CoherenceMessage { try CoherenceMessage(nextText()) }
}
