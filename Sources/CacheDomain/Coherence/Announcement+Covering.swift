import Codecs

extension Announcement {
    /// By what a message names an entry.
    enum Scope: String, Sendable {
        case key
        case tag
        case pattern
        case namespace
        case everything
    }

    /// By what it names the key, which has these tags; nil when it does not.
    func scope(covering key: String, tags known: [String]) -> Scope? {
        if keys.contains(where: { ExactString($0) == ExactString(key) }) { return .key }
        let known = known.map(ExactString.init)
        if tags.contains(where: { known.contains(ExactString($0)) }) { return .tag }
        if namespaces.contains(where: { key.utf8.starts(with: "\($0):".utf8) }) {
            return .namespace
        }
        if patterns.contains(where: { GlobPattern($0).matches(key) }) { return .pattern }
        return everything ? .everything : nil
    }
}
