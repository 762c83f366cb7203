/// One value as the parser wrote it down, 20 bytes in a flat list in document order.
///
/// Offsets count from the first byte of the text, which is why a text is limited to 4 GiB.
struct JSONTapeEntry: Sendable {
    let kind: JSONKind
    /// A string that holds at least one backslash, so its text is not its content.
    let isEscaped: Bool
    /// Offset of the first byte of the text, the quote of a string included.
    let start: UInt32
    /// Offset past the last byte of the text.
    var end: UInt32
    /// Index of the entry after this one and all that it holds.
    ///
    /// While a container is open, the index plus one of the container around it; so the tape is the
    /// parser's stack as well.
    var next: UInt32
    /// Elements of an array, members of an object.
    var count: UInt32

    /// Offsets of what stands between the quotes of a string.
    var content: Range<Int> { Int(start) + 1..<Int(end) - 1 }
}
