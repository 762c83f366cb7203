import Codecs

/// A JSON value as a tree, to compare what was read with what was written.
indirect enum Tree: Equatable {
    case object([String: Tree])
    case array([Tree])
    case string([UInt8])
    case number(String)
    case boolean(Bool)
    case null

    init(_ document: JSONDocument) {
        self.init(document, document.root)
    }

    private init(_ document: JSONDocument, _ node: JSONNode) {
        switch document.kind(of: node) {
        case .object:
            var members: [String: Tree] = [:]
            for (key, value) in document.members(of: node) {
                members[document.string(key) ?? "not a key"] = Tree(document, value)
            }
            self = .object(members)
        case .array:
            self = .array(document.elements(of: node).map { Tree(document, $0) })
        case .string:
            self = .string(document.utf8(node) ?? [])
        case .number:
            self = .number(String(decoding: document.text(of: node), as: UTF8.self))
        case .boolean:
            self = .boolean(document.boolean(node) ?? false)
        case .null:
            self = .null
        }
    }

    /// The tree as compact JSON with sorted keys.
    var rendered: String {
        switch self {
        case .object(let members):
            let pairs = members.sorted { $0.key < $1.key }
                .map { Tree.quoted($0.key) + ":" + $0.value.rendered }
            return "{" + pairs.joined(separator: ",") + "}"
        case .array(let elements):
            return "[" + elements.map(\.rendered).joined(separator: ",") + "]"
        case .string(let content): return Tree.quoted(String(decoding: content, as: UTF8.self))
        case .number(let text): return text
        case .boolean(let value): return value ? "true" : "false"
        case .null: return "null"
        }
    }

    static func quoted(_ string: String) -> String {
        var bytes: [UInt8] = []
        bytes.appendJSONString(string)
        return String(decoding: bytes, as: UTF8.self)
    }
}
