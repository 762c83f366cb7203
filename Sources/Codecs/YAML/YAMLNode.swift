/// One node of a YAML document and where it begins.
public struct YAMLNode: Sendable, Equatable {
    /// What a node holds.
    public indirect enum Content: Sendable, Equatable {
        /// A text; plain ones stand without quotes, so that the reader may see a number or nothing.
        case scalar(String, isPlain: Bool)
        /// Nodes in order.
        case sequence([YAMLNode])
        /// Entries in order; no key occurs twice.
        case mapping([YAMLEntry])
    }

    /// The line of its first character, from 1.
    public let line: Int
    /// What it holds.
    public let content: Content

    /// A node from its parts.
    public init(line: Int, content: Content) {
        self.line = line
        self.content = content
    }

    /// Whether it stands for nothing: empty, `~` or `null` without quotes.
    public var isNull: Bool {
        guard case .scalar(let text, isPlain: true) = content else { return false }
        return ["", "~", "null", "Null", "NULL"].contains(text)
    }
}

/// One key of a mapping with its value.
public struct YAMLEntry: Sendable, Equatable {
    /// The key, which is always a text.
    public let key: String
    /// The line of the key, from 1.
    public let line: Int
    /// What belongs to it.
    public let value: YAMLNode
}
