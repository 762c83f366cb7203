@testable import CacheDomain

/// One process: the real state machines, and what is under way between them and the servers.
struct NodeModel: Sendable {
    let token: ProcessToken
    var reader: CoherenceReader
    var tier: LocalTierState

    /// The server that the subscription leads to.
    var link: Int?
    /// Subscriptions never lead back to a server before this one.
    var linkFloor = 0
    /// Whether nothing arrives any more, and nobody says so.
    var isDeaf = false
    /// What the subscription still has to bring.
    var queue: [Wire] = []
    /// The server that questions, changes and heartbeats go to.
    var commands = 0

    var reading: Reading?
    /// What is to be asked of the journal next.
    var nextQuery: CoherenceTracker.JournalQuery?
    var fill: Fill?
    var change: OwnChange?
    /// A heartbeat on its way to the server.
    var outbox: String?
    var wantsHeartbeat = false
    /// When it sent a heartbeat last.
    var sentAt = -1

    /// The writes that its readers and writers have seen, one bit each.
    var seen: UInt64 = 0
    /// The writes whose messages it has applied.
    var told: UInt64 = 0
    /// Whether it may have served a copy since it distrusted everything.
    var hasServed = false
    /// How often it distrusted everything after that.
    var flushCount = 0
    /// When a message last got lost, while one is missing and nothing shows it.
    var lossAt: Int?
    /// When something was heard last; for a node that needs nothing else to serve.
    var heardAt = -100

    /// A question to the journal: position first, then a page.
    struct Reading: Hashable, Sendable {
        let query: CoherenceTracker.JournalQuery
        let start: Int
        let last: LogPosition
        /// The numbers of the writes; nil until it is answered.
        var page: [Int]?
    }

    /// A value on its way from the store.
    struct Fill: Hashable, Sendable {
        let key: Int
        let token: LocalTier.FillToken
        var answer: Answer?

        struct Answer: Hashable, Sendable {
            let write: Int
            let asOf: LogPosition
        }
    }

    /// A change of its own; without a number it has not reached the store yet.
    struct OwnChange: Hashable, Sendable {
        let key: Int
        let isRemoval: Bool
        let token: LocalTier.WriteToken
        var number: Int?
    }
}
