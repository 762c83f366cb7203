import Codecs

/// The beginnings of keys that foreign programs change, too, without a word in the log.
public struct WatchedPrefixes: Sendable, Equatable {
    /// Each costs the server a comparison at every change of a key.
    public static let maxCount = 64

    /// What they are, none of which begins with another.
    public let prefixes: [String]

    /// Watches nothing.
    public static let none = WatchedPrefixes(unchecked: [])

    /// Watches the keys that begin with one of these.
    ///
    /// A server tells of a key by one prefix only, so none may begin with another.
    public init(_ prefixes: [String]) throws(WatchedPrefixesError) {
        guard prefixes.count <= Self.maxCount else {
            throw WatchedPrefixesError(message: "more than \(Self.maxCount) prefixes")
        }
        guard !prefixes.contains("") else {
            throw WatchedPrefixesError(message: "an empty prefix, which would be all keys")
        }
        for (index, prefix) in prefixes.enumerated() {
            for other in prefixes[..<index] where Self.overlap(prefix, other) {
                throw WatchedPrefixesError(
                    message: "\"\(other)\" and \"\(prefix)\" overlap: keep the shorter one"
                )
            }
        }
        self.init(unchecked: prefixes)
    }

    private init(unchecked prefixes: [String]) { self.prefixes = prefixes }

    /// Whether nothing is watched.
    public var isEmpty: Bool { prefixes.isEmpty }

    /// Whether the key begins with one of them.
    public func cover(_ key: String) -> Bool {
        prefixes.contains { key.utf8.starts(with: $0.utf8) }
    }

    /// Whether one of them is the beginning of `text`, or the other way round.
    public func overlap(_ text: String) -> Bool {
        prefixes.contains { Self.overlap($0, text) }
    }

    private static func overlap(_ one: String, _ other: String) -> Bool {
        one.utf8.starts(with: other.utf8) || other.utf8.starts(with: one.utf8)
    }

    /// Compares bytes: two texts that look the same can be two beginnings.
    public static func == (one: WatchedPrefixes, other: WatchedPrefixes) -> Bool {
        one.prefixes.map(ExactString.init) == other.prefixes.map(ExactString.init)
    }
}

/// Why prefixes cannot be watched together.
public struct WatchedPrefixesError: Error, Sendable, Equatable {
    /// What is wrong, for people.
    public let message: String

    /// An error with its sentence.
    public init(message: String) { self.message = message }
}
