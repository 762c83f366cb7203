/// Where the tiers of texts begin, and which of them a process keeps responses for.
public struct TextTiers: Sendable, Equatable {
    /// A text with fewer characters is small.
    public var smallLimit: Int
    /// A text with fewer characters is medium.
    public var mediumLimit: Int
    /// A text with fewer characters is large, and every other one huge.
    public var largeLimit: Int
    /// The tiers whose responses this process keeps copies of.
    public var kept: Set<TextTier>

    /// Tiers from their limits.
    public init(
        smallLimit: Int = 500,
        mediumLimit: Int = 5000,
        largeLimit: Int = 50_000,
        kept: Set<TextTier> = [.small]
    ) {
        self.smallLimit = smallLimit
        self.mediumLimit = mediumLimit
        self.largeLimit = largeLimit
        self.kept = kept
    }

    /// The tier of a text with so many characters.
    public func tier(ofLength length: Int) -> TextTier {
        if length < smallLimit { return .small }
        if length < mediumLimit { return .medium }
        return length < largeLimit ? .large : .huge
    }
}
