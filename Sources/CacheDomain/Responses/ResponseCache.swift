public import Telemetry

/// What a model has answered, so that it need not be asked twice.
///
/// Nothing that fails here ends the caller's work: a call answers that there is no response, or
/// that it is not kept, and the failure is logged, counted and told to the observer. While the
/// store is away, copies in this process answer. Responses to short texts have copies; those to
/// longer ones would take the room of many, and are asked of the store.
///
/// ```swift
/// let responses = try ResponseCache(layer, coder: JSONValueCoder())
/// await responses.cacheResponse(summary, text: article, operation: "summarize")
/// let known: Summary? = await responses.response(text: article, operation: "summarize")
/// ```
public struct ResponseCache: Sendable {
    /// How responses are kept.
    public let settings: ResponseSettings
    let layer: CacheLayer
    let coder: CompressingCoder
    let policy: ReadPolicy
    let observer: (any CacheObserver)?
    let logger: Logger

    /// A cache of responses on a layer.
    /// - Throws: `CacheError.Code.configuration` where settings cannot be.
    public init(
        _ layer: CacheLayer,
        coder: any ValueCoder,
        settings: ResponseSettings = ResponseSettings(),
        policy: ReadPolicy = .staleIfError,
        observer: (any CacheObserver)? = nil,
        logger: Logger = Logger(SilentLog())
    ) throws(CacheError) {
        try settings.check()
        self.coder = try CompressingCoder(
            coder,
            threshold: settings.compressionThreshold,
            level: settings.compressionLevel,
            observer: observer,
            now: layer.now
        )
        self.settings = settings
        self.layer = layer
        self.policy = policy
        self.observer = observer
        self.logger = logger
    }

    /// What became of the calls.
    public var statistics: CacheCounts { cache(of: "", .small).statistics }

    /// The key of a request, as the store has it.
    public func key(of request: ResponseRequest) -> String {
        "\(settings.namespace):\(responseKey(of: request).text)"
    }

    // MARK: Getting and keeping

    /// The response to a request, if it is known.
    public func response<Response: Decodable>(
        _ type: Response.Type = Response.self,
        text: String,
        operation: String,
        options: [String: OptionValue] = [:],
        question: String = ""
    ) async -> Response? {
        let start = layer.now()
        let key = observedKey(ResponseRequest(text, operation, options, question))
        let cache = cache(of: operation, tier(of: key))
        do throws(CacheError) {
            let found = try await cache.found(type, forKey: key.text)
            report(.get, operation, found.map { .hit($0.origin) } ?? .miss, key, since: start)
            return found?.value
        } catch {
            logger.warning(
                "a response cannot be looked up",
                ["operation": .string(operation), "error": .string("\(error)")]
            )
            report(.get, operation, .failed("\(error)"), key, since: start)
            return nil
        }
    }

    /// Keeps the response to a request for as long as its operation says, and says whether it is
    /// kept.
    @discardableResult
    public func cacheResponse(
        _ response: some Encodable,
        text: String,
        operation: String,
        options: [String: OptionValue] = [:],
        question: String = ""
    ) async -> Bool {
        let start = layer.now()
        let key = observedKey(ResponseRequest(text, operation, options, question))
        let cache = cache(of: operation, tier(of: key))
        do throws(CacheError) {
            let isKept = try await cache.setValue(response, forKey: key.text)
            report(.set, operation, isKept ? .stored : .unencodable, key, since: start)
            return isKept
        } catch {
            logger.warning(
                "a response cannot be kept",
                ["operation": .string(operation), "error": .string("\(error)")]
            )
            report(.set, operation, .failed("\(error)"), key, since: start)
            return false
        }
    }

    // MARK: Within

    /// The cache of an operation's responses to texts of the tier.
    func cache(of operation: String, _ tier: TextTier) -> Cache {
        var coder = coder
        coder.operation = operation
        return Cache(
            layer,
            namespace: settings.namespace,
            coder: coder,
            timeToLive: settings.life(of: operation),
            policy: policy,
            keepsCopies: settings.tiers.kept.contains(tier),
            logger: logger
        )
    }

    private func tier(of key: ResponseKey) -> TextTier {
        settings.tiers.tier(ofLength: key.textLength)
    }

    private func responseKey(of request: ResponseRequest) -> ResponseKey {
        ResponseKey(of: request, hashThreshold: settings.hashThreshold, form: settings.keyForm)
    }

    private func observedKey(_ request: ResponseRequest) -> ResponseKey {
        let start = layer.now()
        let key = responseKey(of: request)
        observer?
            .observe(
                .madeKey(
                    KeyReport(
                        operation: request.operation,
                        textLength: key.textLength,
                        isHashed: key.isHashed,
                        duration: start.duration(to: layer.now())
                    )
                )
            )
        return key
    }

    private func report(
        _ kind: CallReport.Kind,
        _ operation: String,
        _ outcome: CallReport.Outcome,
        _ key: ResponseKey,
        since start: ContinuousClock.Instant
    ) {
        observer?
            .observe(
                .called(
                    CallReport(
                        kind,
                        operation: operation,
                        outcome: outcome,
                        textLength: key.textLength,
                        duration: start.duration(to: layer.now())
                    )
                )
            )
    }
}

extension ResponseRequest {
    fileprivate init(
        _ text: String,
        _ operation: String,
        _ options: [String: OptionValue],
        _ question: String
    ) {
        self.init(text: text, operation: operation, options: options, question: question)
    }
}
