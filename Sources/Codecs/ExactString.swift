/// A string that equals another only byte by byte, as Redis compares keys.
///
/// Swift's strings compare by canonical equivalence: a composed and a decomposed "é" are equal, and
/// in a dictionary of strings two keys of Redis would be one.
public struct ExactString: Hashable, Sendable {
    /// The text itself.
    public let string: String

    /// Wraps the text.
    public init(_ string: String) { self.string = string }

    /// Compares the bytes.
    public static func == (left: ExactString, right: ExactString) -> Bool {
        let (left, right) = (left.string.utf8.span, right.string.utf8.span)
        guard left.count == right.count else { return false }
        for index in left.indices where left[index] != right[index] { return false }
        return true
    }

    /// Hashes the bytes.
    public func hash(into hasher: inout Hasher) {
        var text = string
        text.withUTF8 { unsafe hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
}
