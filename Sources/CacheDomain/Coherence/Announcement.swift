/// What changed: the part of a coherence message that every tier must forget.
public struct Announcement: Sendable, Hashable {
    /// Full keys.
    public var keys: [String]
    /// Tag names.
    public var tags: [String]
    /// Globs on the full key, as Redis understands them.
    public var patterns: [String]
    /// `ns` stands for every key that begins with `ns:`.
    public var namespaces: [String]
    /// Every key there is.
    public var everything: Bool

    /// Names whatever is given; nothing at all makes a heartbeat.
    public init(
        keys: [String] = [],
        tags: [String] = [],
        patterns: [String] = [],
        namespaces: [String] = [],
        everything: Bool = false
    ) {
        self.keys = keys
        self.tags = tags
        self.patterns = patterns
        self.namespaces = namespaces
        self.everything = everything
    }

    /// Whether it names nothing.
    public var isEmpty: Bool {
        keys.isEmpty && tags.isEmpty && patterns.isEmpty && namespaces.isEmpty && !everything
    }
}

extension Announcement {
    /// Names what `other` names, too.
    public mutating func formUnion(_ other: Announcement) {
        keys += other.keys
        tags += other.tags
        patterns += other.patterns
        namespaces += other.namespaces
        everything = everything || other.everything
    }
}
