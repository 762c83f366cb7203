/// One thing that happens in an exploration.
enum Move: Hashable, Sendable {
    // To the servers.
    case tick
    case foreignWrite(key: Int, isRemoval: Bool)
    case foreignHeartbeat
    case failOver(losing: Int)
    case trim
    case empty

    // To the subscription of a node.
    case connect(Int, to: Int)
    case cut(Int)
    case deliver(Int)
    case lose(Int)
    case double(Int)
    case deafen(Int)

    // To what a node asks and tells.
    case moveCommands(Int)
    case sendHeartbeat(Int)
    case publishHeartbeat(Int)
    case readPosition(Int)
    case readPage(Int)
    case takePage(Int)
    case ask(Int, key: Int)
    case answer(Int)
    case keep(Int)
    case change(Int, key: Int, isRemoval: Bool)
    case perform(Int)
    case acknowledge(Int)
}

extension Move: CustomStringConvertible {
    var description: String {
        switch self {
        case .tick: "a heartbeat's time passes"
        case .foreignWrite(let key, let isRemoval):
            "somebody \(isRemoval ? "removes" : "writes") key \(key)"
        case .foreignHeartbeat: "somebody sends a heartbeat"
        case .failOver(let count): "a server takes over that lacks \(count) changes"
        case .trim: "the journal is trimmed to its last message"
        case .empty: "everything is deleted"
        case .connect(let node, let server): "node \(node) subscribes at server \(server)"
        case .cut(let node): "node \(node) loses its subscription"
        case .deliver(let node): "node \(node) hears the next message"
        case .lose(let node): "node \(node) does not hear the next message"
        case .double(let node): "node \(node) hears the next message, and will once more"
        case .deafen(let node): "node \(node) hears nothing from now on"
        case .moveCommands(let node): "node \(node) asks the new server from now on"
        case .sendHeartbeat(let node): "node \(node) sends a heartbeat"
        case .publishHeartbeat(let node): "the heartbeat of node \(node) is published"
        case .readPosition(let node): "node \(node) reads the position"
        case .readPage(let node): "node \(node) reads the journal"
        case .takePage(let node): "node \(node) takes what it read from the journal"
        case .ask(let node, let key): "node \(node) asks for key \(key)"
        case .answer(let node): "the question of node \(node) is answered"
        case .keep(let node): "node \(node) gets the answer"
        case .change(let node, let key, let isRemoval):
            "node \(node) \(isRemoval ? "removes" : "writes") key \(key)"
        case .perform(let node): "the change of node \(node) is made"
        case .acknowledge(let node): "node \(node) learns that its change was made"
        }
    }
}

extension Move {
    /// What it is, whoever it happens to.
    var kind: String {
        switch self {
        case .tick: "tick"
        case .foreignHeartbeat: "foreignHeartbeat"
        case .trim: "trim"
        case .empty: "empty"
        default: Mirror(reflecting: self).children.first?.label ?? ""
        }
    }
}
