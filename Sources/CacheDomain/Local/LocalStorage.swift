/// The entries of one process: which to keep is this type's decision, which are true is not.
///
/// Used under the lock of `LocalTier`; implementations need none of their own.
public protocol LocalStorage: Sendable {
    /// How many entries there are, expired ones included until they are met.
    var count: Int { get }
    /// The bytes of keys and values held.
    var byteCount: Int { get }
    /// How many entries may be held.
    var maxEntries: Int { get }
    /// How many bytes of keys and values may be held.
    var maxBytes: Int { get }
    /// How many entries went so far because others came.
    var evictedCount: Int { get }
    /// How many of the entries were there when all were marked last.
    var markedCount: Int { get }
    /// The entry of the key, counted as a use; an expired one is removed and nil.
    mutating func entry(forKey key: String, at now: ContinuousClock.Instant) -> LocalEntry?
    /// The entry of the key, expired or not, without counting as a use.
    func peek(_ key: String) -> LocalEntry?
    /// Up to so many of the keys that are held, any of them, without counting as a use.
    func sample(_ count: Int) -> [String]
    /// Puts the entry in the place of any other with the key, which is returned, and evicts what no
    /// longer fits.
    @discardableResult
    mutating func insert(_ entry: LocalEntry, forKey key: String) -> LocalEntry?
    /// The entry is gone; false when there was none.
    mutating func remove(_ key: String) -> Bool
    /// Removes every entry for which `condition` holds, and returns how many.
    mutating func removeAll(where condition: (String, LocalEntry) -> Bool) -> Int
    /// Removes everything.
    mutating func removeAll()
    /// Marks all entries; one that comes in later, in the place of a marked one too, has no mark.
    mutating func markAll()
}
