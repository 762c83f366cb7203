/// Reads JSON texts one after the other, strictly, into flat documents.
///
/// Strict means RFC 8259 and no more, with every freedom it leaves taken away: UTF-8 only, no byte
/// order mark, no text behind the value, no key twice in one object, no lone surrogate, and no
/// nesting beyond `maxDepth`. Time grows with the length of the text (with n log n of the key bytes
/// for objects of more than eight members), memory with its values, the stack not at all.
///
/// The tape is used again for the next text as soon as the last document is gone; a document that
/// is kept stays as it is and costs the next text a new tape.
public struct JSONReader: Sendable {
    /// The default for `maxDepth`.
    public static let standardDepth = 64

    private var parser: JSONParser

    /// A reader that refuses more than `maxDepth` arrays and objects inside each other.
    public init(maxDepth: Int = JSONReader.standardDepth) {
        parser = JSONParser(maxDepth: maxDepth)
    }

    /// Reads one text that must be one JSON value.
    public mutating func read(_ text: ArraySlice<UInt8>) throws(JSONError) -> JSONDocument {
        do throws(JSONFault) {
            try parser.parse(text.span)
        } catch {
            throw parser.error(error, text)
        }
        return JSONDocument(text: text, entries: parser.entries)
    }

    /// Reads one text that must be one JSON value.
    public mutating func read(_ text: [UInt8]) throws(JSONError) -> JSONDocument {
        try read(text[...])
    }
}
