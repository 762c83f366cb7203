/// The members of a JSON object, in order.
public struct JSONMembers: Sequence, IteratorProtocol, Sendable {
    let entries: [JSONTapeEntry]
    var index: Int
    let end: Int

    /// The next member; its key is a string node.
    public mutating func next() -> (key: JSONNode, value: JSONNode)? {
        guard index < end else { return nil }
        let value = index + 1
        defer { index = Int(entries[value].next) }
        return (JSONNode(index: index), JSONNode(index: value))
    }
}
