/// What a change makes old, within the namespace of a cache.
public enum CacheScope: Sendable, Hashable {
    /// One key.
    case key(String)
    /// The results of the function that is cached under the name: the key of that name, and all
    /// that begin with it and a colon.
    case function(String)
    /// The keys that the glob matches.
    case pattern(String)
    /// What has the tag, in whatever namespace.
    case tag(String)
    /// All keys of the namespace.
    case everything

    /// How log lines call it.
    var title: String {
        switch self {
        case .key(let key): key
        case .function(let name): "\(name):"
        case .pattern(let pattern): pattern
        case .tag(let tag): "tag \(tag)"
        case .everything: "*"
        }
    }
}
