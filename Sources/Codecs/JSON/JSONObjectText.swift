/// A JSON object as the text that it was written as, checked once.
public struct JSONObjectText: Sendable, Hashable {
    /// The text, strict JSON without white space around it.
    public let bytes: [UInt8]

    /// An object without members.
    public static let empty = JSONObjectText(trusted: Array("{}".utf8))

    /// Takes a text that must be one JSON object.
    public init(_ bytes: [UInt8]) throws(JSONError) {
        var reader = JSONReader()
        let document = try reader.read(bytes)
        guard document.kind(of: document.root) == .object else {
            throw JSONError(
                code: .unexpectedByte,
                offset: 0,
                path: "$",
                message: "another value stands where an object belongs"
            )
        }
        self.bytes = Array(document.text(of: document.root))
    }

    /// Takes a text that must be one JSON object.
    public init(_ text: String) throws(JSONError) { try self.init(Array(text.utf8)) }

    private init(trusted bytes: [UInt8]) { self.bytes = bytes }

    /// The text.
    public var text: String { String(decoding: bytes, as: UTF8.self) }

    /// This object with the members of another one, which take the place of members of their names.
    public func merging(_ other: JSONObjectText) -> JSONObjectText {
        let (mine, theirs) = (members, other.members)
        let replaced = Set(theirs.map(\.name))
        var result: [UInt8] = [ASCII.leftBrace]
        for member in mine.filter({ !replaced.contains($0.name) }) + theirs {
            if result.count > 1 { result.append(ASCII.comma) }
            result.appendJSONString(member.name.string)
            result.append(ASCII.colon)
            result += member.value
        }
        result.append(ASCII.rightBrace)
        return JSONObjectText(trusted: result)
    }

    private var members: [(name: ExactString, value: ArraySlice<UInt8>)] {
        map { document, key, value in
            (ExactString(document.string(key) ?? ""), document.text(of: value))
        }
    }

    /// What `transform` makes of each member in turn.
    public func map<Result>(
        _ transform: (_ document: JSONDocument, _ key: JSONNode, _ value: JSONNode) -> Result
    ) -> [Result] {
        var reader = JSONReader()
        // What was read once can be read again.
        guard let document = try? reader.read(bytes) else { return [] }
        return document.members(of: document.root).map { transform(document, $0, $1) }
    }
}
