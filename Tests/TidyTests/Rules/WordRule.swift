/// Words that must not appear, each with what to write instead.
struct WordRule: Rule {
    /// Where a word is looked for.
    enum Scope {
        case everywhere
        case swift
        case sources
        case libraries
        case tests
    }

    /// Whether comments and strings are searched too.
    enum Layer {
        case text
        case code
    }

    struct Word {
        let text: String
        let scope: Scope
        let layer: Layer
        let instead: String
    }

    /// These files hold the words themselves.
    static let exempt = "Tests/TidyTests/"
    /// The one place that waits by the clock.
    static let waiting = "Tests/TestSupport/Waiting/"

    static let words: [Word] = [
        Word("TODO", .everywhere, .text, "do it now, or leave it out"),
        Word("FIXME", .everywhere, .text, "fix it now"),
        Word("XXX", .everywhere, .text, "say what is odd and why it stays"),
        Word("not implemented", .sources, .text, "implement it, or leave it out"),
        Word("stub", .sources, .text, "write the real thing, or an in-memory twin"),
        Word("placeholder", .sources, .text, "write the real thing"),
        Word("fatalError(", .sources, .code, "throw a typed error; preconditionFailure for a bug"),
        Word("try!", .sources, .code, "throw"),
        Word("as!", .sources, .code, "as? with an error, or a better type"),
        Word("Task.detached", .swift, .code, "a child task of the part's run()"),
        Word("Thread.sleep", .swift, .code, "a timer of the event loop, or the injected clock"),
        Word("usleep(", .swift, .code, "a timer of the event loop, or the injected clock"),
        Word("nanosleep(", .swift, .code, "a timer of the event loop, or the injected clock"),
        Word("Task.sleep", .tests, .code, "a signal, eventually(), or an injected clock"),
        Word("ContinuousClock().sleep", .tests, .code, "a signal, eventually(), or a test clock"),
        Word("SuspendingClock().sleep", .tests, .code, "a signal, eventually(), or a test clock"),
        Word("print(", .libraries, .code, "the Logger of Telemetry"),
        Word("FLUSHALL", .tests, .text, "a server or keys of the test's own"),
    ]

    /// Words about how the code was made: the tree speaks only of itself.
    static let workplace: [Word] = [
        Word("/work/", .everywhere, .text, "a path from the root of the package"),
        Word("/root/", .everywhere, .text, "a path from the root of the package"),
        Word("/tmp/work", .everywhere, .text, "a path from the root of the package"),
        Word("this session", .everywhere, .text, "what the code does"),
        Word("the brief", .everywhere, .text, "what the code does"),
        Word("issue #", .everywhere, .text, "the motive itself"),
    ]

    func violations(in file: SourceFile) -> [Violation] {
        guard !file.path.hasPrefix(WordRule.exempt) else { return [] }
        let words = (WordRule.words + WordRule.workplace).filter { applies($0.scope, to: file) }
        return words.flatMap { word in
            let lines = word.layer == .text ? file.lines : file.codeLines
            return lines.indices.filter { word.isIn(lines[$0]) }
                .map { index in
                    file.violation(
                        line: index + 1,
                        "\"\(word.text)\": write instead \(word.instead)"
                    )
                }
        }
    }

    private func applies(_ scope: Scope, to file: SourceFile) -> Bool {
        switch scope {
        case .everywhere: true
        case .swift: file.isSwift
        case .sources: file.isInSources
        case .libraries: file.isInSources && file.module != "CacheWorker"
        case .tests: file.isInTests && !file.path.hasPrefix(WordRule.waiting)
        }
    }
}

extension WordRule.Word {
    fileprivate init(
        _ text: String,
        _ scope: WordRule.Scope,
        _ layer: WordRule.Layer,
        _ instead: String
    ) {
        self.init(text: text, scope: scope, layer: layer, instead: instead)
    }

    /// Whether the word stands in the line, not as the end of another word or as a member.
    ///
    /// Words in capitals are whole words, so that the name pattern of `mktemp` is none of them.
    func isIn(_ line: String) -> Bool {
        guard let first = text.utf8.first, let last = text.utf8.last else { return false }
        let sought = Array(text.utf8)
        // What is looked for in prose may begin a sentence.
        let bytes = Array(
            (layer == .text && text.first?.isLowercase == true ? line.lowercased() : line).utf8
        )
        return bytes.indices.contains { start in
            guard bytes[start] == first, bytes[start...].starts(with: sought) else { return false }
            let before = start > 0 ? bytes[start - 1] : UInt8(ascii: " ")
            let end = start + sought.count
            let after = end < bytes.count ? bytes[end] : UInt8(ascii: " ")
            if WordRule.Word.isCapital(last) && WordRule.Word.isWord(after) { return false }
            guard WordRule.Word.isWord(first) else { return true }
            let isMember = layer == .code && before == UInt8(ascii: ".")
            return !WordRule.Word.isWord(before) && !isMember
        }
    }

    private static func isCapital(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte)
    }

    private static func isWord(_ byte: UInt8) -> Bool {
        Character(UnicodeScalar(byte)).isLetter || byte == UInt8(ascii: "_")
    }
}
