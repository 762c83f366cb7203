@testable import CacheDomain

/// One process of a fleet: the real state machines and the real tier behind a bad network.
final class FleetNode {
    let name: String
    let tier = LocalTier(LRUStorage(maxEntries: 100, maxBytes: 100_000))
    var reader: CoherenceReader
    /// Counts subscriptions: what was sent to an older one never arrives.
    var subscription = 0
    var isSubscribed = false
    /// Until then nothing arrives, and nobody says so.
    var deafUntil = 0
    /// Until then another server is heard, which nobody writes to.
    var strandedUntil = 0
    /// When it heard something last.
    var heardAt = -1_000_000
    /// When the last thing sent to it arrives: a connection keeps its order.
    var channelClearAt = 0
    /// The versions this node has written itself and not seen replaced.
    var ownVersions: [String: Int] = [:]

    private let start: ContinuousClock.Instant

    init(_ name: String, timing: CoherenceFollower.Timing, start: ContinuousClock.Instant) {
        self.name = name
        self.start = start
        reader = CoherenceReader(timing: timing, token: ProcessToken(), at: start)
    }

    /// Whether copies may be served at the moment.
    func serves(at moment: Int, without missing: Mechanism?) -> Bool {
        if missing == .replay { return isSubscribed && moment < heardAt + 3_000 }
        guard let deadline = reader.servesUntil else { return false }
        return missing == .lease || instant(moment) < deadline
    }

    /// The version that is held and trusted.
    func version(of key: String) -> Int? {
        tier.entry(forKey: key, at: start)
            .flatMap { Int(String(decoding: $0.bytes, as: UTF8.self)) }
    }

    func entry(_ version: Int, sequence: UInt64 = 0, asOf: LogPosition) -> LocalEntry {
        LocalEntry(
            bytes: Array("\(version)".utf8),
            expiry: start + .seconds(100_000),
            sequence: sequence,
            asOf: asOf
        )
    }

    /// A heartbeat that tells this node what it knows already.
    func echo(_ canary: String) -> ArraySlice<UInt8> {
        CoherenceMessage(
            position: reader.applied ?? .start,
            node: "echo",
            announcement: Announcement(),
            canary: canary
        )
        .encoded[...]
    }

    func instant(_ moment: Int) -> ContinuousClock.Instant { start + .milliseconds(moment) }
}
