/// Reads one YAML document as plain data: texts, lists and mappings, each with its line.
///
/// Stricter than YAML, for files that people write: no references, no types, no key twice, no
/// second document, bounded in bytes and levels.
public struct YAMLReader: Sendable {
    /// The most bytes of a text.
    public let maxBytes: Int
    /// The most levels of lists and mappings.
    public let maxDepth: Int

    /// A reader with bounds of its own.
    public init(maxBytes: Int = 1 << 20, maxDepth: Int = 16) {
        self.maxBytes = maxBytes
        self.maxDepth = maxDepth
    }

    /// The document; nil when there is none but comments.
    public func read(_ bytes: [UInt8]) throws(YAMLError) -> YAMLNode? {
        guard bytes.count <= maxBytes else {
            throw YAMLError(
                code: .size,
                line: 1,
                message: "it is larger than \(maxBytes) bytes"
            )
        }
        let events = try YAMLEventReader(bytes)
        var root: YAMLNode?
        while true {
            let event = try events.next()
            switch event.kind {
            case .streamEnd: return root
            case .documentStart where root != nil:
                throw YAMLError(
                    code: .secondDocument,
                    line: event.line,
                    message: "a second document begins; one is read from a file"
                )
            case .streamStart, .documentStart, .documentEnd: continue
            default: root = try node(event, from: events, depth: 0)
            }
        }
    }

    private func node(
        _ event: YAMLEvent,
        from events: YAMLEventReader,
        depth: Int
    ) throws(YAMLError) -> YAMLNode {
        guard depth <= maxDepth else {
            throw YAMLError(
                code: .depth,
                line: event.line,
                message: "it is nested deeper than \(maxDepth) levels"
            )
        }
        let content: YAMLNode.Content
        switch event.kind {
        case .scalar(let text, let isPlain): content = .scalar(text, isPlain: isPlain)
        case .sequenceStart: content = .sequence(try items(from: events, depth: depth + 1))
        case .mappingStart: content = .mapping(try entries(from: events, depth: depth + 1))
        default:
            throw YAMLError(
                code: .syntax,
                line: event.line,
                message: "a value is missing"
            )
        }
        return YAMLNode(line: event.line, content: content)
    }

    private func items(
        from events: YAMLEventReader,
        depth: Int
    ) throws(YAMLError) -> [YAMLNode] {
        var items: [YAMLNode] = []
        while true {
            let event = try events.next()
            if case .sequenceEnd = event.kind { return items }
            items.append(try node(event, from: events, depth: depth))
        }
    }

    private func entries(
        from events: YAMLEventReader,
        depth: Int
    ) throws(YAMLError) -> [YAMLEntry] {
        var entries: [YAMLEntry] = []
        var lines: [String: Int] = [:]
        while true {
            let event = try events.next()
            if case .mappingEnd = event.kind { return entries }
            guard case .scalar(let key, _) = event.kind else {
                throw YAMLError(
                    code: .complexKey,
                    line: event.line,
                    message: "a key is a text, no list and no mapping"
                )
            }
            if let first = lines.updateValue(event.line, forKey: key) {
                throw YAMLError(
                    code: .duplicateKey,
                    line: event.line,
                    message: "\(key) stands in line \(first) already; keep one of them"
                )
            }
            let value = try node(try events.next(), from: events, depth: depth)
            entries.append(YAMLEntry(key: key, line: event.line, value: value))
        }
    }
}
