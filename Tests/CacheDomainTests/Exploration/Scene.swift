/// What may happen in an exploration, and how often: everything else follows from it.
///
/// Whatever has no budget here may happen at any time and in any order.
struct Scene: Sendable {
    let name: String
    var nodes = 1
    var budget = Budget()
    /// Whether the log has messages when it begins; else the first one gives it its epoch.
    var beginsEmpty = false
    /// Whether the nodes follow and hold both keys when it begins.
    var beginsWarm = true
    /// Whether a change may write.
    var sets = true
    /// Whether a change may remove.
    var removes = true
    /// Whether messages arrive at once, or not at all, and heartbeats are sent when they are due.
    var isPrompt = false
    var grain = Grain.medium
    /// For how many ticks connections may stay with a server that was replaced.
    var linger = 0
    /// Whether a subscription may lead to a server that was replaced, as long as that lives.
    var strands = false
    /// It has at least so many states.
    var floor = 1
    /// No copy may be served that ceased to be true so many ticks ago.
    var bound = Scene.lease

    /// In how many steps a node asks.
    enum Grain: Sendable {
        /// The log's answer is taken at once, and so is that to a heartbeat.
        case coarse
        /// Asking and answering are one step, taking the answer another.
        case medium
        /// Asking, answering and taking the answer are three, and the journal has one more.
        case fine
    }

    /// One tick is a heartbeat.
    static let heartbeat = 1
    static let lease = 2
    static let canary = 2
    /// What is older than this is as old as anything.
    static let longest = lease + canary + 1

    /// How often things may happen.
    struct Budget: Hashable, Sendable {
        /// Of all nodes, and of programs that copy nothing, together.
        var writes = 0
        var foreignWrites = 0
        /// Questions to the store.
        var fills = 0
        /// Heartbeats of others that come without need.
        var heartbeats = 0
        var losses = 0
        var repetitions = 0
        var deafenings = 0
        /// Subscriptions that break though their server lives.
        var cuts = 0
        var ticks = 0
        var failOvers = 0
        /// Messages that a fail-over loses at most.
        var tail = 0
        var trims = 0
        /// How often everything is deleted, the log included.
        var emptyings = 0
    }
}

extension Scene: CustomStringConvertible {
    var description: String { name }

    /// What has to happen in it at least once.
    var kinds: Set<String> {
        var kinds: Set = ["deliver"]
        if budget.writes > 0 { kinds.formUnion(["change", "acknowledge"]) }
        if budget.foreignWrites > 0 { kinds.insert("foreignWrite") }
        if budget.fills > 0 { kinds.formUnion(["ask", "keep"]) }
        if grain == .fine { kinds.formUnion(["answer", "perform"]) }
        if budget.losses > 0 { kinds.formUnion(["lose", "readPosition"]) }
        if budget.repetitions > 0 { kinds.insert("double") }
        if budget.deafenings > 0 { kinds.insert("deafen") }
        if budget.ticks > 0 { kinds.formUnion(["tick", "sendHeartbeat"]) }
        if budget.failOvers > 0 {
            kinds.formUnion(["failOver", "moveCommands", "cut", "connect", "readPosition"])
        }
        if budget.trims > 0 { kinds.insert("trim") }
        if budget.emptyings > 0 { kinds.insert("empty") }
        return kinds
    }
}
