import Codecs

/// The key of a response, within its namespace: `op:…|txt:…|opts:…|q:…`.
///
/// A short text is readable in it; a long one is streamed through SHA-256, with its length and the
/// number of its words behind it. Options and question are hashed, and left out where there are
/// none.
public struct ResponseKey: Sendable, Hashable {
    /// The key.
    public let text: String
    /// The length of the request's text, in characters of Unicode.
    public let textLength: Int
    /// Whether it has a hash in place of the text.
    public let isHashed: Bool

    /// The key of a request; a text with more than `hashThreshold` characters is hashed.
    public init(
        of request: ResponseRequest,
        hashThreshold: Int = 1000,
        form: ResponseKeyForm = .shared
    ) {
        let size = TextSize(of: request.text)
        let isAmbiguous = form == .exact && request.text.utf8.contains(where: Self.isSeparator)
        isHashed = size.length > hashThreshold || isAmbiguous
        textLength = size.length
        let name = isHashed ? Self.hash(request.text, size, form) : Self.readable(request.text)
        var parts = [Self.beginning(of: request.operation) + "txt:\(name)"]
        if !request.options.isEmpty {
            parts.append("opts:\(Self.hash(request.options, form))")
        }
        if !request.question.isEmpty {
            parts.append("q:\(Self.short(request.question, form))")
        }
        text = parts.joined(separator: "|")
    }

    /// What the keys of all responses of an operation begin with.
    static func beginning(of operation: String) -> String {
        let name = operation.utf8.map { $0 == bar ? underscore : $0 }
        return "op:\(String(decoding: name, as: UTF8.self))|"
    }

    // MARK: Parts

    private static let bar = UInt8(ascii: "|")
    private static let colon = UInt8(ascii: ":")
    private static let underscore = UInt8(ascii: "_")
    /// Digits of the text's hash, as other programs have them.
    private static let sharedDigitCount = 16
    /// Digits of the hashes of options and question, as other programs have them.
    private static let sharedShortDigitCount = 8
    private static let exactDigitCount = 32

    private static func isSeparator(_ byte: UInt8) -> Bool { byte == bar || byte == colon }

    private static func readable(_ text: String) -> String {
        String(decoding: text.utf8.map { isSeparator($0) ? underscore : $0 }, as: UTF8.self)
    }

    private static func hash(_ text: String, _ size: TextSize, _ form: ResponseKeyForm) -> String {
        var hash = SHA256()
        hash.add(text)
        hash.add("len:\(size.length)")
        hash.add("words:\(size.wordCount)")
        let digits = Hexadecimal.text(of: hash.finish())
        return "hash:\(digits.prefix(form == .shared ? sharedDigitCount : exactDigitCount))"
    }

    private static func hash(
        _ options: [String: OptionValue],
        _ form: ResponseKeyForm
    ) -> String {
        switch form {
        case .shared:
            let texts = OptionValue.sorted(options).map { "\($0.key)=\($0.value.pythonText)" }
            return short(texts.joined(separator: "&"), form)
        case .exact: return short(OptionValue.jsonText(of: options), form)
        }
    }

    private static func short(_ text: String, _ form: ResponseKeyForm) -> String {
        switch form {
        case .shared: String(MD5.hexadecimal(of: text).prefix(sharedShortDigitCount))
        case .exact: String(SHA256.hexadecimal(of: text).prefix(exactDigitCount))
        }
    }
}
