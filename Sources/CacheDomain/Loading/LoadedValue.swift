/// What the source has for a key, as far as is known, and where it was found.
public struct LoadedValue: Sendable, Equatable {
    /// The bytes; nil where the source has no value.
    public let bytes: [UInt8]?
    /// Where it was found: absence is remembered in the store and in processes, as values are.
    public let origin: Hit.Origin

    /// A value, or its absence, from its parts.
    public init(bytes: [UInt8]?, origin: Hit.Origin) {
        self.bytes = bytes
        self.origin = origin
    }

    /// What a stored text stands for.
    init(stored bytes: [UInt8], origin: Hit.Origin) {
        self.init(bytes: AbsenceMark.isIn(bytes) ? nil : bytes, origin: origin)
    }
}

/// What the store holds where it is remembered that the source has no value.
///
/// It is the JSON text `null` with white space behind it that nobody else writes: readers who know
/// nothing of it find what they would expect, and it goes by every way that values go by.
enum AbsenceMark {
    static let bytes = Array("null \t".utf8)

    static func isIn(_ stored: [UInt8]) -> Bool { stored == bytes }
}
