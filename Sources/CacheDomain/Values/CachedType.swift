/// A type of cached data, declared as a value: what its keys, its structure and its life are.
public struct CachedType: Sendable, Hashable {
    /// What keeps it alive.
    public enum LifeRule: Sendable, Hashable {
        /// It expires so long after it was written.
        case fixed
        /// Activity in its session extends its life.
        case withSession
        /// It lives as long as its window asks for.
        case window
    }

    /// What stands for the type in its keys.
    public let name: String
    /// The structure of the store that holds it.
    public let structure: StructureStep.Kind
    /// How long it lives.
    public var timeToLive: Duration
    /// What keeps it alive.
    public let lifeRule: LifeRule

    /// A type from its parts.
    public init(
        _ name: String,
        _ structure: StructureStep.Kind,
        timeToLive: Duration,
        _ lifeRule: LifeRule = .fixed
    ) {
        self.name = name
        self.structure = structure
        self.timeToLive = timeToLive
        self.lifeRule = lifeRule
    }

    /// The key of one of its kind: `prefix:name:identifier:…`.
    public func key(_ prefix: String, _ identifiers: [String]) throws(CacheError) -> String {
        "\(prefix):\(try key(identifiers))"
    }

    /// The key of one of its kind within a namespace: `name:identifier:…`.
    public func key(_ identifiers: [String]) throws(CacheError) -> String {
        for identifier in identifiers where identifier.isEmpty {
            throw CacheError(.key, "an identifier of a \(name) key is empty")
        }
        return ([name] + identifiers).joined(separator: ":")
    }
}
