import CacheDomain
import TestSupport

/// A store and its log on an unreliable server, in god's eye: what was true when.
///
/// Values are versions: numbers that are never used twice.
struct SimulatedLog {
    static let keys = (0..<6).map { "key\($0)" }

    /// Every event has its own moment.
    private(set) var moment = 0
    private(set) var position = LogPosition.start
    private(set) var journal: [(sequence: UInt64, bytes: ArraySlice<UInt8>)] = []
    /// What the reader's connection still has to deliver.
    var channel: [ArraySlice<UInt8>] = []
    private(set) var values: [String: Int] = [:]
    /// The state after each message, for rolling back.
    private var history: [UInt64: [String: Int]] = [0: [:]]
    /// When a version ceased to be true.
    private var endings: [Int: Int] = [:]
    private var appendings: [String: Int] = [:]
    private var lastVersion = 0
    private var lastEpoch = 0

    /// Changes one key, journals and publishes it as one step.
    mutating func append(_ key: String, removing: Bool) {
        moment += 1
        lastVersion += 1
        if position.epoch.isEmpty {
            lastEpoch += 1
            position.epoch = "epoch\(lastEpoch)"
        }
        if let old = values[key] { endings[old] = moment }
        values[key] = removing ? nil : lastVersion
        position.sequence += 1
        // A second name tells the message from all others.
        let identity = Self.identity(of: lastVersion)
        appendings[identity] = moment
        let bytes = CoherenceMessage(
            position: position,
            node: "writer",
            announcement: Announcement(keys: [key, identity])
        )
        .encoded[...]
        journal.append((position.sequence, bytes))
        history[position.sequence] = values
        channel.append(bytes)
    }

    mutating func publishHeartbeat() {
        moment += 1
        let heartbeat = CoherenceMessage(
            position: position,
            node: "writer",
            announcement: Announcement()
        )
        channel.append(heartbeat.encoded[...])
    }

    /// A fail-over to a server that missed the last messages and gives their numbers away again.
    mutating func rollBack(to sequence: UInt64) {
        moment += 1
        position.sequence = sequence
        journal.removeAll { $0.sequence > sequence }
        replaceValues(by: history[sequence] ?? [:])
        channel.removeAll()
    }

    /// Everything is deleted; the connections live on.
    mutating func empty() {
        moment += 1
        position = .start
        journal.removeAll()
        history = [0: [:]]
        replaceValues(by: [:])
    }

    mutating func trimJournal(by count: Int) {
        journal.removeFirst(min(count, journal.count))
    }

    func page(from sequence: UInt64, limit: Int) -> [ArraySlice<UInt8>] {
        journal.filter { $0.sequence >= sequence }.prefix(limit).map(\.bytes)
    }

    /// When the message that names these keys was appended.
    func appending(of announcement: Announcement) -> Int {
        announcement.keys.compactMap { appendings[$0] }.max() ?? 0
    }

    private static func identity(of version: Int) -> String { "message\(version)" }

    /// Whether the version was still true at some time after the moment.
    func wasTrue(_ version: Int, after moment: Int) -> Bool {
        endings[version].map { $0 > moment } ?? true
    }

    private mutating func replaceValues(by old: [String: Int]) {
        for version in values.values where !old.values.contains(version) {
            endings[version] = moment
        }
        for version in old.values { endings[version] = nil }
        values = old
    }
}
