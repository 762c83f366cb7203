extension JSONDocument {
    /// The same values for people: a member or element a line, two spaces deeper at each level.
    ///
    /// Strings and numbers stay as they were written.
    public func pretty() -> [UInt8] {
        var text: [UInt8] = []
        appendPretty(root, level: 0, to: &text)
        return text
    }

    private func appendPretty(_ node: JSONNode, level: Int, to text: inout [UInt8]) {
        func line(_ level: Int) {
            text.append(ASCII.lineFeed)
            text.append(contentsOf: repeatElement(ASCII.space, count: level * 2))
        }
        var isFirst = true
        func separate() {
            if !isFirst { text.append(ASCII.comma) }
            isFirst = false
            line(level + 1)
        }
        switch kind(of: node) {
        case .object where count(of: node) > 0:
            text.append(UInt8(ascii: "{"))
            for (key, value) in members(of: node) {
                separate()
                text.append(contentsOf: self.text(of: key))
                text.append(contentsOf: ": ".utf8)
                appendPretty(value, level: level + 1, to: &text)
            }
            line(level)
            text.append(UInt8(ascii: "}"))
        case .array where count(of: node) > 0:
            text.append(ASCII.leftBracket)
            for element in elements(of: node) {
                separate()
                appendPretty(element, level: level + 1, to: &text)
            }
            line(level)
            text.append(ASCII.rightBracket)
        case .object: text.append(contentsOf: "{}".utf8)
        case .array: text.append(contentsOf: "[]".utf8)
        case .string, .number, .boolean, .null: text.append(contentsOf: self.text(of: node))
        }
    }
}
