import Telemetry

/// How the values of a setting are read from text, and written in help.
struct ValueKind<Value: Sendable & Equatable>: Sendable {
    /// What stands for a value in help: `DURATION`.
    let metavariable: String
    /// Reads a text that is not empty.
    let read: @Sendable (String) throws(ValueFault) -> Value
    /// A text that reads as the value; empty for none.
    let text: @Sendable (Value) -> String
    /// Whether a file may hold a list instead of a text with commas.
    var takesList = false
}

extension ValueKind {
    /// A value that may be absent.
    static func optional<Wrapped>(
        _ kind: ValueKind<Wrapped>
    ) -> ValueKind<Wrapped?> where Value == Wrapped? {
        ValueKind<Wrapped?>(
            metavariable: kind.metavariable,
            read: { text throws(ValueFault) in try kind.read(text) },
            text: { $0.map(kind.text) ?? "" },
            takesList: kind.takesList
        )
    }

    /// One of a few words.
    static func word(
        _ metavariable: String,
        name: @escaping @Sendable (Value) -> String
    ) -> ValueKind where Value: CaseIterable {
        ValueKind(
            metavariable: metavariable,
            read: { text throws(ValueFault) in
                guard let value = Value.allCases.first(where: { name($0) == text }) else {
                    let words = Value.allCases.map(name)
                    let list = words.joined(separator: ", ")
                    throw .mustBe(words.count == 1 ? list : "one of \(list)")
                }
                return value
            },
            text: name
        )
    }

    /// One of the words of a type that is made of words.
    static func word(_ metavariable: String) -> ValueKind
    where Value: CaseIterable & RawRepresentable<String> {
        word(metavariable, name: \.rawValue)
    }

    /// Some of a few words, separated by commas, none twice.
    static func words<Word>(_ metavariable: String) -> ValueKind<[Word]>
    where Value == [Word], Word: CaseIterable & RawRepresentable<String> & Sendable & Equatable {
        let word = ValueKind<Word>.word(metavariable)
        return ValueKind<[Word]>(
            metavariable: metavariable,
            read: { text throws(ValueFault) in
                var words: [Word] = []
                for part in text.split(separator: ",", omittingEmptySubsequences: false) {
                    let value = try word.read(part.trimmingSpaces)
                    if !words.contains(value) { words.append(value) }
                }
                return words
            },
            text: { $0.map(\.rawValue).joined(separator: ",") },
            takesList: true
        )
    }
}

extension ValueKind<Int> {
    /// A number within bounds.
    static func count(_ range: ClosedRange<Int>) -> ValueKind {
        ValueKind(
            metavariable: "NUMBER",
            read: { text throws(ValueFault) in
                guard let value = Int(text), range.contains(value) else {
                    throw .mustBe("a whole number from \(range.lowerBound) to \(range.upperBound)")
                }
                return value
            },
            text: { "\($0)" }
        )
    }

    /// A number of bytes within bounds.
    static func bytes(_ range: ClosedRange<Int>) -> ValueKind {
        ValueKind(
            metavariable: "SIZE",
            read: { text throws(ValueFault) in
                guard let value = ByteSize.read(text), range.contains(value) else {
                    let (least, most) = (range.lowerBound, range.upperBound)
                    throw .mustBe(
                        "a size such as 64k or 16MiB, "
                            + "from \(ByteSize.text(least)) to \(ByteSize.text(most))"
                    )
                }
                return value
            },
            text: ByteSize.text
        )
    }
}

extension ValueKind<Duration> {
    /// A time span within bounds.
    static func duration(_ range: ClosedRange<Duration>) -> ValueKind {
        ValueKind(
            metavariable: "DURATION",
            read: { text throws(ValueFault) in
                guard let value = DurationText.read(text), range.contains(value) else {
                    let (least, most) = (range.lowerBound, range.upperBound)
                    throw .mustBe(
                        "a duration such as 500ms, 25s or 2m, "
                            + "from \(DurationText.text(least)) to \(DurationText.text(most))"
                    )
                }
                return value
            },
            text: DurationText.text
        )
    }
}

extension ValueKind<String> {
    /// A name of printable characters without blanks, and without what `forbidden` lists.
    static func name(maxBytes: Int, forbidden: String = "") -> ValueKind {
        ValueKind(
            metavariable: "NAME",
            read: { text throws(ValueFault) in
                let isPlain = text.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F }
                guard isPlain, text.utf8.count <= maxBytes,
                    !text.contains(where: forbidden.contains)
                else {
                    let without = forbidden.isEmpty ? "" : ", and without any of \(forbidden)"
                    throw .mustBe(
                        "at most \(maxBytes) ASCII characters, without blanks\(without)"
                    )
                }
                return text
            },
            text: { $0 }
        )
    }

    /// The address of a server; its reader never repeats it, since it may hold a password.
    static func address(
        _ check: @escaping @Sendable (String) throws(ValueFault) -> Void
    ) -> ValueKind {
        ValueKind(
            metavariable: "URL",
            read: { text throws(ValueFault) in
                try check(text)
                return text
            },
            text: { $0 }
        )
    }
}

extension ValueKind<Bool> {
    /// `true` or `false`.
    static let truth = ValueKind(
        metavariable: "true|false",
        read: { text throws(ValueFault) in
            guard let value = Bool(text) else { throw .mustBe("true or false") }
            return value
        },
        text: \.description
    )
}

extension ValueKind<Secret> {
    /// Any text that is not empty.
    static let secret = ValueKind(
        metavariable: "TEXT",
        read: { Secret($0) },
        text: \.description
    )
}

extension StringProtocol {
    /// The text without blanks at both ends.
    var trimmingSpaces: String {
        let head = drop(while: \.isWhitespace)
        guard let last = head.lastIndex(where: { !$0.isWhitespace }) else { return "" }
        return String(head[...last])
    }
}
