/// One thing that comes from outside in a life: what a program asks for, or what fails.
///
/// A life is a list of them. All else follows from the list: so a part of the list is a life, too.
struct Step: Hashable, Sendable, CustomStringConvertible {
    let moment: Int
    /// Whom it happens to; of no meaning where it happens to a server.
    let node: Int
    let event: Event
    /// What is random about it follows from this.
    let salt: UInt64

    var description: String {
        event.isOfServer
            ? "\(moment) ms: \(event)" : "\(moment) ms, n\(node + 1): \(event)"
    }
}

/// What a step does.
enum Event: Hashable, Sendable, CustomStringConvertible {
    case read(key: Int)
    case write(key: Int)
    case remove(key: Int)
    /// By a program that announces nothing.
    case writeForeign(key: Int)
    /// By a worker whose messages nobody here understands.
    case writeUnknown(key: Int)

    /// The next message does not arrive.
    case lose
    /// The next message arrives twice.
    case double
    /// The next message arrives behind the one after it.
    case swap
    /// What is no message arrives.
    case garble
    /// The last canary of its own arrives once more.
    case repeatCanary
    /// The subscription breaks, and stands again a while later.
    case disconnect(for: Int)
    /// Nothing arrives, and nobody says so.
    case deafen(for: Int)
    /// What is sent arrives in one pile, perhaps in any order.
    case pile(for: Int, shuffled: Bool)
    /// What is sent arrives so much later.
    case delay(by: Int, for: Int)
    /// The subscription stays with a server that nobody writes to any more, and that lives.
    case strand(for: Int)
    /// Questions are answered late.
    case slow(for: Int)
    /// The process stands still.
    case stop(for: Int)
    /// The watch of prefixes breaks.
    case unwatch(for: Int)
    /// The watch tells nothing, and nobody says so until it breaks.
    case deafenWatch(for: Int)
    /// What the watch tells arrives late.
    case holdWatch(for: Int)

    /// Another server takes over that lacks the last changes; all connections break.
    case failOver(losing: Int)
    /// The same happens to the server of the data, where that is another one.
    case failOverData(losing: Int)
    /// The server goes back, and all connections stay.
    case goBack(losing: Int)
    case empty
    case emptyData
    case loseCounter
    case loseJournal
    case trim(to: Int)
    case evict(key: Int)

    var isOfServer: Bool {
        switch self {
        case .failOver, .failOverData, .goBack, .empty, .emptyData, .loseCounter, .loseJournal,
            .trim, .evict, .writeForeign, .writeUnknown:
            true
        default: false
        }
    }

    var description: String {
        switch self {
        case .read(let key): "reads key\(key)"
        case .write(let key): "writes key\(key)"
        case .remove(let key): "removes key\(key)"
        case .writeForeign(let key): "a foreign program writes key\(key)"
        case .writeUnknown(let key): "a later version writes key\(key)"
        case .lose: "loses the next message"
        case .double: "gets the next message twice"
        case .swap: "gets the next message behind the one after it"
        case .garble: "gets what is no message"
        case .repeatCanary: "gets its last canary once more"
        case .disconnect(let time): "loses its subscription for \(time) ms"
        case .deafen(let time): "hears nothing for \(time) ms"
        case .pile(let time, let isShuffled):
            "gets what is sent in \(time) ms in one \(isShuffled ? "shuffled " : "")pile"
        case .delay(let delay, let time): "hears \(delay) ms late for \(time) ms"
        case .strand(let time): "listens to a server nobody writes to for \(time) ms"
        case .slow(let time): "is answered late for \(time) ms"
        case .stop(let time): "stands still for \(time) ms"
        case .unwatch(let time): "loses its watch for \(time) ms"
        case .deafenWatch(let time): "is told nothing by its watch for \(time) ms"
        case .holdWatch(let time): "is told all by its watch in \(time) ms"
        case .failOver(let count): "a server takes over that lacks \(count) changes"
        case .failOverData(let count): "a server of data takes over that lacks \(count) changes"
        case .goBack(let count): "the server loses \(count) changes and keeps its connections"
        case .empty: "the server is emptied"
        case .emptyData: "the server of the data is emptied"
        case .loseCounter: "the counter is deleted"
        case .loseJournal: "the journal is deleted"
        case .trim(let count): "the journal is trimmed to \(count)"
        case .evict(let key): "key\(key) is evicted"
        }
    }
}
