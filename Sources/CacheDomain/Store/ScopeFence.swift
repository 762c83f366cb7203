public import Codecs

/// The mark that a purge leaves for older writes that come late: a pattern or a namespace, and the
/// stamp of its purge. (A tag is told by its name alone, so it is marked as a key is.)
public struct ScopeFence: Sendable {
    /// How many of them a store remembers; beyond, the oldest half becomes a floor for all writes.
    public static let maxCount = 1000

    /// When the purge was asked for.
    public let stamp: OrderStamp
    private let matcher: Matcher

    private enum Matcher: Sendable {
        case glob(GlobPattern)
        case prefix(String)
        case nothing
    }

    /// The fence of a scope that was purged at `stamp`.
    public init(_ scope: PurgeScope, _ stamp: OrderStamp) {
        self.stamp = stamp
        matcher =
            switch scope {
            case .pattern(let text): .glob(GlobPattern(text))
            case .namespace(let name): .prefix("\(name):")
            case .tag: .nothing
            }
    }

    /// Whether the write was asked for before the purge that would have taken its key.
    public func supersedes(_ write: CacheWrite) -> Bool {
        guard let writeStamp = write.stamp, writeStamp.isOlder(than: stamp) else { return false }
        switch matcher {
        case .glob(let glob): return glob.matches(write.key)
        case .prefix(let prefix): return write.key.utf8.starts(with: prefix.utf8)
        case .nothing: return false
        }
    }
}
