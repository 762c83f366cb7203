/// Entries to put into the cache: given with their values, to be loaded, or both.
public struct Warming: Sendable, Equatable {
    /// Entries that come with their values.
    public var entries: [WarmEntry]
    /// Entries that a registered loader fetches.
    public var loading: Loading?
    /// Whether an entry that exists already is left alone.
    public var ifAbsent: Bool

    /// A warming of the given entries and of what `loading` fetches.
    public init(entries: [WarmEntry] = [], loading: Loading? = nil, ifAbsent: Bool = false) {
        self.entries = entries
        self.loading = loading
        self.ifAbsent = ifAbsent
    }
}
