extension YAMLNode {
    /// The same values as JSON text.
    ///
    /// What stands without quotes and is a number, `true` or `false` in JSON is one; what stands
    /// for nothing is `null`; all else is text.
    public var json: [UInt8] {
        var text: [UInt8] = []
        appendJSON(to: &text)
        return text
    }

    private func appendJSON(to text: inout [UInt8]) {
        switch content {
        case .scalar(let scalar, let isPlain):
            if isNull {
                text += "null".utf8
            } else if isPlain, Self.isLiteral(scalar) {
                text += scalar.utf8
            } else {
                text.appendJSONString(scalar)
            }
        case .sequence(let items):
            text.append(ASCII.leftBracket)
            for (index, item) in items.enumerated() {
                if index > 0 { text.append(ASCII.comma) }
                item.appendJSON(to: &text)
            }
            text.append(ASCII.rightBracket)
        case .mapping(let entries):
            text.append(ASCII.leftBrace)
            for (index, entry) in entries.enumerated() {
                if index > 0 { text.append(ASCII.comma) }
                text.appendJSONString(entry.key)
                text.append(ASCII.colon)
                entry.value.appendJSON(to: &text)
            }
            text.append(ASCII.rightBrace)
        }
    }

    private static func isLiteral(_ text: String) -> Bool {
        var reader = JSONReader()
        guard let document = try? reader.read(Array(text.utf8)) else { return false }
        return [.number, .boolean].contains(document.kind(of: document.root))
    }
}
