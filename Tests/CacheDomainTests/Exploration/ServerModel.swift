@testable import CacheDomain

/// A change of one key, from the first to the last that is known of it.
struct Write: Hashable, Sendable {
    let key: Int
    let isRemoval: Bool
    /// Its place in the log; none for what was there before the log began.
    let position: LogPosition
    /// Its message, as it was published and journaled.
    let bytes: ArraySlice<UInt8>
    /// The tick in which it ceased to be true; nil while it is true.
    var endedAt: Int?
    /// Whether a server took over that does not have it.
    var isLost = false
}

/// What is under way to a node.
enum Wire: Hashable, Sendable {
    /// The message of the write of that number.
    case change(Int)
    /// A heartbeat; the canary is of that node, or of nobody here.
    case heartbeat(LogPosition, canary: String)
}

/// A server of data and log: what it has, and nothing of what was or will be.
struct ServerModel: Hashable, Sendable {
    var position: LogPosition
    /// The number of the write that each key holds.
    var values: [Int]
    /// The numbers of the writes whose messages the journal has.
    var journal: [Int] = []
}
