/// One step of a transaction on the data structures of the store.
///
/// Each has one key. A key holds one structure: a step of another one fails, and with it the whole
/// transaction. What is written has a time to live, as every cached key has.
public enum StructureStep: Sendable, Equatable {
    /// The whole value of a string; answers with its bytes.
    case value(key: String)
    /// Replaces whatever the key holds by a string.
    case setValue(key: String, [UInt8], timeToLive: Duration)
    /// Adds to a whole number, which begins as zero with this time to live, and answers with the
    /// sum; a number that is there keeps the time it has.
    case add(key: String, Int, timeToLive: Duration)

    /// All fields of a hash; answers with them.
    case fields(key: String)
    /// Sets fields of a hash, after removing all others if it `replaces` them.
    case setFields(key: String, [StructureField], replaces: Bool, timeToLive: Duration)

    /// All elements of a list, oldest first; answers with them.
    case elements(key: String)
    /// Appends to a list, drops the oldest beyond `limit` and answers with the length.
    case append(key: String, [UInt8], limit: Int, timeToLive: Duration)

    /// How many marks a window of so long has, by the clock of the server; answers with the number.
    case markCount(key: String, window: Duration)
    /// Adds a mark of this moment, unless the window has `limit` already; answers with an
    /// admission. A mark lives on for longer windows, if they are not longer than its life.
    case mark(key: String, window: Duration, limit: Int?, timeToLive: Duration)

    /// The members of an index that have not expired, sorted by their bytes; answers with them.
    case members(key: String)
    /// Adds a member to an index for as long as it lives; the index outlives its members.
    case addMember(key: String, String, timeToLive: Duration)
    /// Takes members out of an index, which is gone with its last one.
    case dropMembers(key: String, [String])

    /// Whether the key holds anything; answers with 1 or 0.
    case exists(key: String)
    /// How long the key has to live; answers with a lifetime.
    case lifetime(key: String)
    /// Gives what is there another time to live; answers with 1, or with 0 if nothing is there.
    case expire(key: String, timeToLive: Duration)
    /// Removes whatever the key holds; answers with 1, or with 0 if nothing is there.
    case remove(key: String)
}

extension StructureStep {
    /// The structures that a key may hold.
    public enum Kind: String, Sendable {
        case string
        case hash
        case list
        case sortedSet = "zset"
    }

    /// The key.
    public var key: String {
        switch self {
        case .value(let key), .setValue(let key, _, _), .add(let key, _, _), .fields(let key),
            .setFields(let key, _, _, _), .elements(let key), .append(let key, _, _, _),
            .markCount(let key, _), .mark(let key, _, _, _), .members(let key),
            .addMember(let key, _, _), .dropMembers(let key, _), .exists(let key),
            .lifetime(let key), .expire(let key, _), .remove(let key):
            key
        }
    }

    /// What the key has to hold, unless it holds nothing; nil where anything will do.
    public var kind: Kind? {
        switch self {
        case .value, .add: .string
        case .fields, .setFields: .hash
        case .elements, .append: .list
        case .markCount, .mark, .members, .addMember, .dropMembers: .sortedSet
        case .setValue, .exists, .lifetime, .expire, .remove: nil
        }
    }

    /// Whether it only looks.
    public var isReading: Bool {
        switch self {
        case .value, .fields, .elements, .markCount, .members, .exists, .lifetime: true
        default: false
        }
    }

    /// Whether a process may hold a copy of what it changes: of strings only, so a change of
    /// other structures has nothing to announce.
    public var isOfCopies: Bool {
        switch self {
        case .setValue, .add, .expire, .remove: true
        default: false
        }
    }
}

/// A field of a hash and its value.
public struct StructureField: Sendable, Hashable {
    /// The name of the field.
    public var name: String
    /// Its value, as any client of the store will read it.
    public var value: [UInt8]

    /// A field from its parts.
    public init(_ name: String, _ value: [UInt8]) {
        self.name = name
        self.value = value
    }

    /// A field whose value is text.
    public init(_ name: String, _ text: String) { self.init(name, Array(text.utf8)) }

    /// The value as text; what is not UTF-8 is repaired.
    public var text: String { String(decoding: value, as: UTF8.self) }
}
