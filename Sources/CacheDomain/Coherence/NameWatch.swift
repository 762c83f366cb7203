/// Whether another process goes by the name of this one: a pure state machine.
///
/// Two processes of one name would take each other's jobs and leases for their own, so the one that
/// began later has to go. They know each other by their heartbeats. One that is heard once may be
/// of a process that has ended since, its last words being late; so it is asked, and only who
/// answers counts.
struct NameWatch: Sendable, Hashable {
    /// What has to be done about a heartbeat.
    enum Verdict: Sendable, Equatable {
        /// Nothing: it is an own one, or of another name.
        case other
        /// Send a heartbeat, so that the other process learns of this one, and answers.
        case speak
        /// The name belongs to another process: this one has to end.
        case yield
    }

    private let node: String?
    private let token: ProcessToken
    private var rival: Rival?

    private struct Rival: Hashable {
        let token: ProcessToken
        let canary: String
    }

    /// A watch over the name; without one there is nothing to watch.
    init(node: String?, token: ProcessToken) {
        self.node = node
        self.token = token
    }

    /// A heartbeat of that node was heard.
    mutating func heard(_ canary: String, from node: String) -> Verdict {
        let sender = ProcessToken(sendingCanary: canary)
        guard node == self.node, sender != token else { return .other }
        // The older one answers whenever the newer speaks.
        guard sender < token else { return .speak }
        defer { rival = Rival(token: sender, canary: canary) }
        guard let rival, rival.token == sender, rival.canary != canary else { return .speak }
        return .yield
    }
}
