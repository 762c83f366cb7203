internal import CYAML

/// The owner of one libyaml parser and of the bytes it reads.
///
/// The one place that knows libyaml's events and error codes. Aliases, anchors and tags end here.
@safe
final class YAMLEventReader {
    private let parser: UnsafeMutablePointer<yaml_parser_t>
    private let input: UnsafeMutableBufferPointer<UInt8>

    init(_ bytes: [UInt8]) throws(YAMLError) {
        unsafe parser = .allocate(capacity: 1)
        unsafe input = .allocate(capacity: bytes.count)
        _ = unsafe input.initialize(from: bytes)
        // Its only failure is a lack of memory; it leaves a parser that may be deleted.
        guard unsafe yaml_parser_initialize(parser) == 1 else {
            throw YAMLError(code: .memory, line: 1, message: "no memory is left to read it")
        }
        unsafe yaml_parser_set_input_string(parser, input.baseAddress, input.count)
    }

    deinit {
        unsafe yaml_parser_delete(parser)
        unsafe parser.deallocate()
        unsafe input.deallocate()
    }

    /// The next event; after the end of the stream none may be asked for.
    func next() throws(YAMLError) -> YAMLEvent {
        var event = unsafe yaml_event_t()
        guard unsafe yaml_parser_parse(parser, &event) == 1 else { throw failure() }
        defer { unsafe yaml_event_delete(&event) }
        let line = unsafe Int(event.start_mark.line) + 1
        return YAMLEvent(kind: try unsafe Self.kind(of: event, line: line), line: line)
    }

    private static func kind(
        of event: yaml_event_t,
        line: Int
    ) throws(YAMLError) -> YAMLEvent.Kind {
        switch unsafe event.type {
        case YAML_STREAM_START_EVENT: return .streamStart
        case YAML_STREAM_END_EVENT: return .streamEnd
        case YAML_DOCUMENT_START_EVENT: return .documentStart
        case YAML_DOCUMENT_END_EVENT: return .documentEnd
        case YAML_SEQUENCE_END_EVENT: return .sequenceEnd
        case YAML_MAPPING_END_EVENT: return .mappingEnd
        case YAML_ALIAS_EVENT:
            throw YAMLError(
                code: .alias,
                line: line,
                message: "references (*name) are not read; write the value itself"
            )
        case YAML_SCALAR_EVENT:
            let scalar = unsafe event.data.scalar
            try refuse(anchor: unsafe scalar.anchor != nil, tag: unsafe scalar.tag != nil, line)
            let bytes = unsafe UnsafeBufferPointer(start: scalar.value, count: scalar.length)
            return .scalar(
                unsafe String(decoding: bytes, as: UTF8.self),
                isPlain: unsafe scalar.style == YAML_PLAIN_SCALAR_STYLE
            )
        case YAML_SEQUENCE_START_EVENT:
            let start = unsafe event.data.sequence_start
            try refuse(anchor: unsafe start.anchor != nil, tag: unsafe start.tag != nil, line)
            return .sequenceStart
        case YAML_MAPPING_START_EVENT:
            let start = unsafe event.data.mapping_start
            try refuse(anchor: unsafe start.anchor != nil, tag: unsafe start.tag != nil, line)
            return .mappingStart
        default:
            let code = unsafe Int(event.type.rawValue)
            throw YAMLError(
                code: .unknown(code),
                line: line,
                message: "libyaml reports the unknown event \(code)"
            )
        }
    }

    private static func refuse(anchor: Bool, tag: Bool, _ line: Int) throws(YAMLError) {
        if anchor {
            throw YAMLError(
                code: .anchor,
                line: line,
                message: "names for references (&name) are not read; remove it"
            )
        }
        if tag {
            throw YAMLError(
                code: .tag,
                line: line,
                message: "types (!name) are not read; remove it"
            )
        }
    }

    private func failure() -> YAMLError {
        let problem = unsafe parser.pointee.problem.map { unsafe String(cString: $0) }
        let context = unsafe parser.pointee.context.map { unsafe String(cString: $0) }
        let start = unsafe parser.pointee.context_mark.line + 1
        let reason =
            (problem ?? "the text breaks the rules of YAML")
            + (context.map { " \($0) that begins in line \(start)" } ?? "")
        let line = unsafe Int(parser.pointee.problem_mark.line) + 1
        switch unsafe parser.pointee.error {
        case YAML_SCANNER_ERROR, YAML_PARSER_ERROR:
            // Cron expressions begin with a star, and names for them with an at sign.
            let isBegin = ["alias", "token"].contains { context?.hasSuffix($0) == true }
            let hint = isBegin ? "; a text that begins with * or @ stands in quotes" : ""
            return YAMLError(code: .syntax, line: line, message: reason + hint)
        case YAML_READER_ERROR:
            // Here libyaml knows the byte, not the line.
            let offset = unsafe min(parser.pointee.problem_offset, input.count)
            let before = unsafe input[..<offset].count { $0 == UInt8(ascii: "\n") }
            return YAMLError(code: .characters, line: before + 1, message: reason)
        case YAML_MEMORY_ERROR:
            return YAMLError(code: .memory, line: line, message: "no memory is left to read it")
        default:
            let code = unsafe Int(parser.pointee.error.rawValue)
            return YAMLError(code: .unknown(code), line: line, message: reason)
        }
    }
}
