public import CacheDomain
import TestSupport
import ValueCoding

/// What a chat service may rely on, over every store.
public enum ChatConformance: Sendable {
    /// A cache for chats whose keys nobody else has, and the layer below it.
    public struct Subject: Sendable {
        /// What two processes have.
        public let chats: [ChatCache]

        /// A subject on the layers of two processes, which may compress whatever they can.
        public init(_ layers: [CacheLayer], prefix: String, compresses: Bool = false) throws {
            let plain = JSONValueCoder()
            let packed = try CompressingCoder(plain, threshold: 0)
            let coder: any ValueCoder & FieldCoder =
                compresses ? CompressingFieldCoder(plain, packed) : plain
            chats = try layers.map { try ChatCache($0, coder: coder, keyPrefix: prefix) }
        }
    }

    struct Message: Codable, Equatable {
        var role: String
        var content: String
    }

    struct Metadata: Codable, Equatable {
        var userID: String
        var messageCount: Int
        var isReady: Bool
        var vectorStore: String?
    }

    struct Progress: Codable, Equatable {
        var status: String
        var chunks: Int
    }

    static let metadata = Metadata(userID: "user-456", messageCount: 5, isReady: true)
    static let progress = Progress(status: "streaming", chunks: 42)

    /// All promises.
    public static let checks: [Check<Subject>] = sessions + requests + limits

    private static let sessions: [Check<Subject>] = [
        Check("What is known of a session replaces what was known, for every process") { subject in
            let (chat, other) = (subject.chats[0], subject.chats[1])
            try require(
                "unknown",
                try await chat.metadata(Metadata.self, forSession: "s"),
                is: nil
            )
            var known = metadata
            known.vectorStore = "vs-1"
            try await chat.setMetadata(known, forSession: "s")
            try await other.setMetadata(metadata, forSession: "s")
            let found = try await chat.metadata(Metadata.self, forSession: "s")
            try require("metadata", found, is: metadata)
            let foreign = try await chat.metadata(Progress?.self, forSession: "other")
            try require("another session", foreign == nil, is: true)
        },
        Check("A chain keeps the last twenty responses, and the last one is known at once") {
            subject in
            let chat = subject.chats[0]
            try require("none", try await chat.responseChain(forSession: "s"), is: [])
            try require("no last", try await chat.lastResponseID(forSession: "s"), is: nil)
            for number in 1...25 {
                try await subject.chats[number % 2].appendResponse("r-\(number)", toSession: "s")
            }
            let chain = try await chat.responseChain(forSession: "s")
            try require("chain", chain, is: (6...25).map { "r-\($0)" })
            try require("last", try await chat.lastResponseID(forSession: "s"), is: "r-25")
            try await chat.setLastResponseID("r-9", forSession: "s")
            try require(
                "set",
                try await subject.chats[1].lastResponseID(forSession: "s"),
                is: "r-9"
            )
        },
        Check("A history is found until there is more of it") { subject in
            let history = [Message(role: "user", content: "What is metformin?")]
            try await subject.chats[0].cacheHistory(history, forSession: "s")
            for chat in subject.chats {
                let found = try await chat.history([Message].self, forSession: "s")
                try require("history", found, is: history)
            }
            let removed = try await subject.chats[1].invalidateHistory(forSession: "s")
            try require("removed", removed, is: true)
            let again = try await subject.chats[1].invalidateHistory(forSession: "s")
            try require("removed again", again, is: false)
            try await eventually("every process knows") {
                try await subject.chats[0].history([Message].self, forSession: "s") == nil
            }
        },
        Check("Activity extends all that lives as long as the session, and nothing else") {
            subject in
            let chat = subject.chats[0]
            let short = Duration.seconds(60)
            try require("no session", try await chat.touchSession("s"), is: false)
            try await chat.setMetadata(metadata, forSession: "s", timeToLive: short)
            try await chat.cacheHistory([metadata], forSession: "s", timeToLive: short)
            try await chat.appendResponse("r", toSession: "s")
            try await chat.setStreaming(progress, forSession: "s", request: "q")
            let extended = [chat.types.session, chat.types.responseChain, chat.types.history]
            for type in extended {
                _ = try await chat.expire(try chat.key(of: type, "s"), after: short)
            }
            try require("touched", try await chat.touchSession("s"), is: true)
            for type in extended {
                let life = try await chat.lifetime(try chat.key(of: type, "s"))
                guard case .remaining(let left) = life else {
                    throw BrokenPromise(description: "\(type.name) is \(life)")
                }
                let span = type.timeToLive
                try require(left > span - short && left <= span, "\(type.name) lives \(left)")
            }
            let stream = try await chat.lifetime(try chat.key(of: chat.types.streaming, "s", "q"))
            guard case .remaining(let left) = stream, left <= chat.types.streaming.timeToLive else {
                throw BrokenPromise(description: "streaming is \(stream)")
            }
        },
        Check("With a session all goes that is kept of it and of its requests") { subject in
            let chat = subject.chats[0]
            try require("nothing", try await chat.deleteSession("s"), is: false)
            for session in ["s", "t"] {
                try await chat.setMetadata(metadata, forSession: session)
                try await chat.appendResponse("r", toSession: session)
                try await chat.cacheHistory([metadata], forSession: session)
                try await chat.incrementRequestCount(forSession: session)
                for request in ["1", "2"] {
                    try await chat.setToolExecution(
                        progress,
                        forSession: session,
                        request: request
                    )
                    try await chat.setStreaming(progress, forSession: session, request: request)
                    try await chat.setRequestCorrelation(
                        progress,
                        forSession: session,
                        request: request
                    )
                }
            }
            try require("deleted", try await subject.chats[1].deleteSession("s"), is: true)
            for (session, isThere) in [("s", false), ("t", true)] {
                for type in chat.types.all where type.name != "vector_store" {
                    if type.name == "chat_mapping" { continue }
                    let isOfRequest =
                        ["tool_execution", "streaming", "request_correlation"].contains(type.name)
                    let key =
                        isOfRequest
                        ? try chat.key(of: type, session, "2") : try chat.key(of: type, session)
                    try require(key, try await chat.exists(key), is: isThere)
                }
            }
        },
    ]

    private static let requests: [Check<Subject>] = [
        Check("Tools, streams and correlations of a request are kept until they are cleared") {
            subject in
            let (chat, other) = (subject.chats[0], subject.chats[1])
            let call = (session: "s", request: "q")
            try await chat.setToolExecution(progress, forSession: "s", request: "q")
            try await chat.setStreaming(progress, forSession: "s", request: "q")
            try await chat.setRequestCorrelation(
                [progress],
                forSession: call.session,
                request: call.request
            )
            func found() async throws -> [Progress?] {
                let tools = try await other.toolExecution(
                    Progress.self,
                    forSession: "s",
                    request: "q"
                )
                let stream = try await other.streaming(
                    Progress.self,
                    forSession: "s",
                    request: "q"
                )
                let correlation = try await other.requestCorrelation(
                    [Progress].self,
                    forSession: "s",
                    request: "q"
                )
                return [tools, stream, correlation?.first]
            }
            try require("kept", try await found(), is: [progress, progress, progress])
            try await chat.clearToolExecution(forSession: "s", request: "q")
            try await chat.clearStreaming(forSession: "s", request: "q")
            try require("cleared", try await found(), is: [nil, nil, progress])
            let foreign = try await chat.streaming(Progress.self, forSession: "s", request: "p")
            try require("another request", foreign, is: nil)
        },
        Check("A chat and a vector store are known by their names") { subject in
            try await subject.chats[0].setChatMapping("c", response: "r-1")
            try await subject.chats[0].cacheVectorStoreValidation(metadata, forStore: "vs")
            let chat = subject.chats[1]
            try require("chat", try await chat.chatMapping("c"), is: "r-1")
            try require("no chat", try await chat.chatMapping("d"), is: nil)
            let found = try await chat.vectorStoreValidation(Metadata.self, forStore: "vs")
            try require("vector store", found, is: metadata)
        },
        Check("What a program wrote in another form is told, with its key") { subject in
            let chat = subject.chats[0]
            try await chat.setMetadata(["messageCount": "many"], forSession: "s")
            do {
                _ = try await chat.metadata(Metadata.self, forSession: "s")
                throw BrokenPromise(description: "a hash of another form was decoded")
            } catch let error as CacheError {
                try require("class", error.code, is: .serialization)
                let key = try chat.key(of: chat.types.session, "s")
                try require(error.message.contains(key), "the key is told: \(error)")
            }
        },
        Check("Names and times that cannot be are refused") { subject in
            let chat = subject.chats[0]
            func code(_ body: () async throws -> Void) async -> CacheError.Code? {
                do { try await body() } catch { return (error as? CacheError)?.code }
                return nil
            }
            let empty = await code { try await chat.appendResponse("r", toSession: "") }
            try require("empty", empty, is: .key)
            let zero = await code {
                try await chat.setChatMapping("c", response: "r", timeToLive: .zero)
            }
            try require("zero", zero, is: .timeToLive)
            let past = await code { _ = try await chat.expire("k", after: .seconds(-1)) }
            try require("past", past, is: .timeToLive)
            let limit = await code { _ = try await chat.admitRequest(forSession: "s", limit: -1) }
            try require("limit", limit, is: .configuration)
            let list = await code { try await chat.setMetadata([1], forSession: "s") }
            try require("list", list, is: .serialization)
        },
    ]

    private static let limits: [Check<Subject>] = [
        Check("Requests are counted exactly, whoever makes them") { subject in
            let window = Duration.seconds(600)
            let (tasks, perTask) = (10, 10)
            let counts = try await withThrowingTaskGroup(of: [Int].self) { group in
                for task in 0..<tasks {
                    group.addTask {
                        let chat = subject.chats[task % 2]
                        var counts: [Int] = []
                        for _ in 0..<perTask {
                            counts.append(
                                try await chat.incrementRequestCount(
                                    forSession: "s",
                                    window: window
                                )
                            )
                        }
                        return counts
                    }
                }
                return try await group.reduce(into: []) { $0 += $1 }
            }
            let all = tasks * perTask
            try require("counts", counts.sorted(), is: Array(1...all))
            let chat = subject.chats[0]
            let count = try await chat.requestCount(forSession: "s", window: window)
            try require("count", count, is: all)
            let isBelow = [
                try await chat.checkRateLimit(forSession: "s", limit: all, window: window),
                try await chat.checkRateLimit(forSession: "s", limit: all + 1, window: window),
            ]
            try require("limits", isBelow, is: [false, true])
            let refused = try await chat.admitRequest(forSession: "s", limit: all, window: window)
            try require("refused", refused.isAdmitted, is: false)
            let admitted = try await chat.admitRequest(
                forSession: "s",
                limit: all + 1,
                window: window
            )
            try require("admitted", admitted, is: Admission(isAdmitted: true, count: all + 1))
        }
    ]
}
