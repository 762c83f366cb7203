/// What a chat service keeps in the cache, each with its structure and its life.
///
/// Change the times to live where a service wants others: all parts read them from here.
public struct ChatTypes: Sendable, Equatable {
    /// What is known of a session.
    public var session = CachedType("session", .hash, timeToLive: .seconds(7200), .withSession)
    /// The identifiers of a session's responses, oldest first.
    public var responseChain = CachedType(
        "response_chain",
        .list,
        timeToLive: .seconds(7200),
        .withSession
    )
    /// The identifier of a session's last response.
    public var lastResponse = CachedType(
        "last_response",
        .string,
        timeToLive: .seconds(7200),
        .withSession
    )
    /// The messages of a session.
    public var history = CachedType("history", .string, timeToLive: .seconds(1800), .withSession)
    /// How far the tools of a request are.
    public var toolExecution = CachedType("tool_execution", .hash, timeToLive: .seconds(300))
    /// How far the answer to a request is.
    public var streaming = CachedType("streaming", .hash, timeToLive: .seconds(120))
    /// Whether a vector store is in order.
    public var vectorStore = CachedType("vector_store", .string, timeToLive: .seconds(86_400))
    /// The moments of a session's requests.
    public var rateLimit = CachedType(
        "rate_limit",
        .sortedSet,
        timeToLive: .seconds(3600),
        .window
    )
    /// Which response belongs to a request.
    public var requestCorrelation = CachedType(
        "request_correlation",
        .string,
        timeToLive: .seconds(3600)
    )
    /// The response that goes on with a chat.
    public var chatMapping = CachedType(
        "chat_mapping",
        .string,
        timeToLive: .seconds(7200),
        .withSession
    )
    /// The keys of a session's requests, so that they can be removed with it.
    public var sessionKeys = CachedType(
        "session_keys",
        .sortedSet,
        timeToLive: .seconds(7200),
        .withSession
    )

    /// The types with the times to live of the field.
    public init() {}

    /// All of them.
    public var all: [CachedType] {
        [
            session, responseChain, lastResponse, history, toolExecution, streaming, vectorStore,
            rateLimit, requestCorrelation, chatMapping, sessionKeys,
        ]
    }
}
