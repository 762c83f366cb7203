/// How responses are kept.
public struct ResponseSettings: Sendable, Equatable {
    /// What every key begins with, before a colon.
    public var namespace = "ai_cache"
    /// How long the responses of an operation live.
    public var lives: [String: Duration] = [
        "summarize": .seconds(7200), "sentiment": .seconds(86_400), "key_points": .seconds(7200),
        "questions": .seconds(3600), "qa": .seconds(1800),
    ]
    /// How long those of all other operations live.
    public var defaultLife = Duration.seconds(3600)
    /// A text with more characters has a hash in the key.
    public var hashThreshold = 1000
    /// How keys are spelt.
    public var keyForm = ResponseKeyForm.shared
    /// Which texts are long, and what the process keeps.
    public var tiers = TextTiers()
    /// Responses of more bytes are compressed.
    public var compressionThreshold = 1000
    /// How hard is tried, from 1 to 9.
    public var compressionLevel = 6

    /// The settings of the field.
    public init() {}

    /// How long the responses of the operation live.
    public func life(of operation: String) -> Duration { lives[operation] ?? defaultLife }

    /// Throws what is wrong with the settings; the coder looks after those of compression.
    func check() throws(CacheError) {
        guard !namespace.isEmpty else {
            throw CacheError(.configuration, "the namespace of responses is empty")
        }
        guard hashThreshold >= 0 else {
            throw CacheError(
                .configuration,
                "texts are hashed from 0 characters or more, not \(hashThreshold)"
            )
        }
        for (operation, life) in lives where life <= .zero {
            throw CacheError(.configuration, "a response to \(operation) cannot live for \(life)")
        }
        guard defaultLife > .zero else {
            throw CacheError(.configuration, "a response cannot live for \(defaultLife)")
        }
        guard tiers.smallLimit <= tiers.mediumLimit, tiers.mediumLimit <= tiers.largeLimit else {
            throw CacheError(
                .configuration,
                "a small text is no longer than a medium one, and that than a large one"
            )
        }
    }
}
