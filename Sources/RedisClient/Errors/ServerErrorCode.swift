/// The first word of an error reply, which says what may be done about it.
public enum ServerErrorCode: Sendable, Hashable {
    case outOfMemory
    case readOnly
    case loading
    case noScript
    case moved
    case ask
    case tryAgain
    case clusterDown
    case masterDown
    case busy
    case noReplicas
    case misconfigured
    case noGroup
    case groupExists
    case unblocked
    case noAuthentication
    case wrongPassword
    case noPermission
    case wrongType
    case crossSlot
    case execAborted
    case tooManyClients
    /// Protected mode: the server talks to its own machine only.
    case denied
    /// Everything else, `ERR` for most mistakes in a command.
    case other(String)

    /// What whoever gets the error should do before the same command can succeed.
    public enum Remedy: Sendable, Hashable {
        /// Wait and try again on the same connection.
        case retryLater
        /// This server is the wrong one, or is not ready: connect (and resolve) anew.
        case reconnect
        /// Ask the node that the message names.
        case redirect
        /// Create what is missing: the group, the script, the stream.
        case repair
        /// None: the command or the configuration is wrong.
        case none
    }

    /// What may help.
    public var remedy: Remedy {
        switch self {
        case .outOfMemory, .tryAgain, .clusterDown, .busy, .noReplicas, .misconfigured,
            .tooManyClients:
            .retryLater
        case .readOnly, .loading, .masterDown: .reconnect
        case .moved, .ask: .redirect
        case .noScript, .noGroup, .unblocked: .repair
        case .groupExists, .noAuthentication, .wrongPassword, .noPermission, .wrongType,
            .crossSlot, .execAborted, .denied, .other:
            .none
        }
    }

    private static let words: [String: ServerErrorCode] = [
        "OOM": .outOfMemory, "READONLY": .readOnly, "LOADING": .loading, "NOSCRIPT": .noScript,
        "MOVED": .moved, "ASK": .ask, "TRYAGAIN": .tryAgain, "CLUSTERDOWN": .clusterDown,
        "MASTERDOWN": .masterDown, "BUSY": .busy, "NOREPLICAS": .noReplicas,
        "MISCONF": .misconfigured, "NOGROUP": .noGroup, "BUSYGROUP": .groupExists,
        "UNBLOCKED": .unblocked, "NOAUTH": .noAuthentication, "WRONGPASS": .wrongPassword,
        "NOPERM": .noPermission, "WRONGTYPE": .wrongType, "CROSSSLOT": .crossSlot,
        "EXECABORT": .execAborted, "DENIED": .denied,
    ]

    /// Redis has no word of its own for a full client table.
    private static let tooManyClientsText = "ERR max number of clients reached"

    init(reply: some Collection<UInt8>) {
        let word = String(decoding: reply.prefix { $0 != UInt8(ascii: " ") }, as: UTF8.self)
        if let code = Self.words[word] {
            self = code
        } else if reply.starts(with: Self.tooManyClientsText.utf8) {
            self = .tooManyClients
        } else {
            self = .other(word)
        }
    }
}
