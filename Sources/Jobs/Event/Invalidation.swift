/// What must be gone from every cache: at least one item in all, none of them empty.
public struct Invalidation: Sendable, Equatable {
    /// Full Redis keys.
    public var keys: [String]
    /// Tags, whose members are all meant.
    public var tags: [String]
    /// Redis globs on the full key.
    public var patterns: [String]
    /// `ns` means every key that begins with `ns:`.
    public var namespaces: [String]
    /// Why, for people who read logs.
    public var reason: String?

    /// An invalidation of everything that the four lists name.
    public init(
        keys: [String] = [],
        tags: [String] = [],
        patterns: [String] = [],
        namespaces: [String] = [],
        reason: String? = nil
    ) {
        self.keys = keys
        self.tags = tags
        self.patterns = patterns
        self.namespaces = namespaces
        self.reason = reason
    }
}
