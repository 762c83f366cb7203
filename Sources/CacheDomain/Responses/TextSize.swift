/// How long a text is, as `len` and `split` count in Python.
struct TextSize: Sendable, Hashable {
    /// Its characters of Unicode.
    let length: Int
    /// The runs of characters between white space.
    let wordCount: Int

    init(of text: String) {
        var length = 0
        var wordCount = 0
        var isInWord = false
        for scalar in text.unicodeScalars {
            length += 1
            let isSpace = Self.isSpace(scalar)
            if !isSpace && !isInWord { wordCount += 1 }
            isInWord = !isSpace
        }
        self.length = length
        self.wordCount = wordCount
    }

    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.value {
        case 0x09...0x0D, 0x1C...0x20: true
        case ..<0x80: false
        default: scalar.properties.isWhitespace
        }
    }
}
