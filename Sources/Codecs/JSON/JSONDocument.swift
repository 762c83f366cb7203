/// A JSON text that has been read: every value's kind and place in the original bytes.
///
/// Nothing is converted before it is asked for. A node belongs to the document that gave it out.
public struct JSONDocument: Sendable {
    /// The whole text as it was read.
    public let text: ArraySlice<UInt8>
    let entries: [JSONTapeEntry]

    /// The outermost value.
    public var root: JSONNode { JSONNode(index: 0) }

    /// What the value is.
    public func kind(of node: JSONNode) -> JSONKind { entries[node.index].kind }

    /// How many elements an array or members an object has; 0 for everything else.
    public func count(of node: JSONNode) -> Int { Int(entries[node.index].count) }

    /// The value exactly as it was written, byte for byte, without white space around it.
    public func text(of node: JSONNode) -> ArraySlice<UInt8> {
        let entry = entries[node.index]
        return slice(Int(entry.start)..<Int(entry.end))
    }

    /// Whether a string holds an escape, so that its text is not its content.
    public func isEscaped(_ node: JSONNode) -> Bool { entries[node.index].isEscaped }

    /// The content of a string, escapes resolved; nil for everything else.
    public func string(_ node: JSONNode) -> String? {
        let entry = entries[node.index]
        guard entry.kind == .string else { return nil }
        if entry.isEscaped { return String(decoding: unescaped(entry), as: UTF8.self) }
        return String(decoding: slice(entry.content), as: UTF8.self)
    }

    /// The content of a string as UTF-8, escapes resolved; nil for everything else.
    public func utf8(_ node: JSONNode) -> [UInt8]? {
        let entry = entries[node.index]
        guard entry.kind == .string else { return nil }
        return entry.isEscaped ? unescaped(entry) : Array(slice(entry.content))
    }

    /// Whether `node` is a string that is written as `literal` is, without escapes.
    ///
    /// This spares making a string where most texts hold the same one. False decides nothing about
    /// a string for which ``isEscaped(_:)`` holds.
    public func isString(_ node: JSONNode, _ literal: String) -> Bool {
        let entry = entries[node.index]
        guard entry.kind == .string, !entry.isEscaped else { return false }
        let content = text.span.extracting(entry.content)
        let expected = literal.utf8.span
        guard content.count == expected.count else { return false }
        for index in content.indices where content[index] != expected[index] { return false }
        return true
    }

    /// A number as the nearest double, infinite if there is none; nil for everything else.
    public func number(_ node: JSONNode) -> Double? {
        guard kind(of: node) == .number else { return nil }
        return Double(String(decoding: text(of: node), as: UTF8.self))
    }

    /// `true` or `false`; nil for everything else.
    public func boolean(_ node: JSONNode) -> Bool? {
        guard kind(of: node) == .boolean else { return nil }
        return text(of: node).count == 4
    }

    /// The elements of an array, in order; none for everything else.
    public func elements(of node: JSONNode) -> JSONElements {
        let entry = entries[node.index]
        return JSONElements(
            entries: entries,
            index: node.index + 1,
            end: entry.kind == .array ? Int(entry.next) : 0
        )
    }

    /// The members of an object, in order; none for everything else.
    public func members(of node: JSONNode) -> JSONMembers {
        let entry = entries[node.index]
        return JSONMembers(
            entries: entries,
            index: node.index + 1,
            end: entry.kind == .object ? Int(entry.next) : 0
        )
    }

    /// The value of the member with that key, found by looking at one after the other.
    public func member(_ key: String, of node: JSONNode) -> JSONNode? {
        for member in members(of: node) where string(member.key) == key { return member.value }
        return nil
    }

    private func slice(_ offsets: Range<Int>) -> ArraySlice<UInt8> {
        text[text.startIndex + offsets.lowerBound..<text.startIndex + offsets.upperBound]
    }

    private func unescaped(_ entry: JSONTapeEntry) -> [UInt8] {
        var content: [UInt8] = []
        content.reserveCapacity(entry.content.count)
        let bytes = text.span
        var cursor = JSONStringCursor(entry.content)
        while let byte = cursor.next(bytes) { content.append(byte) }
        return content
    }
}
