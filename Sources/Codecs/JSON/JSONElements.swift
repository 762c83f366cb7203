/// The elements of a JSON array, in order.
public struct JSONElements: Sequence, IteratorProtocol, Sendable {
    let entries: [JSONTapeEntry]
    var index: Int
    let end: Int

    /// The next element.
    public mutating func next() -> JSONNode? {
        guard index < end else { return nil }
        defer { index = Int(entries[index].next) }
        return JSONNode(index: index)
    }
}
