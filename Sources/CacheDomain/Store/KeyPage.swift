/// A part of an enumeration of keys.
public struct KeyPage: Sendable, Equatable {
    /// Where an enumeration goes on; it means something to the store that gave it only.
    public struct Cursor: Sendable, Hashable {
        /// What the store calls the place.
        public let name: String

        /// A place by the name that the store has for it.
        public init(_ name: String) { self.name = name }
    }

    /// Some of the keys, in any order.
    public let keys: [String]
    /// Where the next page begins; nil when this is the last one.
    public let next: Cursor?

    /// A page from its parts.
    public init(keys: [String], next: Cursor?) {
        self.keys = keys
        self.next = next
    }
}
