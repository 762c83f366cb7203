extension JSONParser {
    /// How much of a key a path shows; a path is at most `maxDepth` such steps long.
    private static let shownKeyBytes = 40

    /// Turns what the last parse found into an error that names the place.
    func error(_ fault: JSONFault, _ text: ArraySlice<UInt8>) -> JSONError {
        JSONError(
            code: fault.code,
            offset: fault.offset,
            path: path(fault, text),
            message: sentence(fault, text)
        )
    }

    /// The path to the value in which the parse ended.
    private func path(_ fault: JSONFault, _ text: ArraySlice<UInt8>) -> String {
        var chain: [Int] = []
        var open = container
        while open >= 0 {
            chain.append(open)
            open = Int(entries[open].next) - 1
        }
        chain.reverse()
        var path = "$"
        for (outer, inner) in zip(chain, chain.dropFirst()) {
            // The counter of an open array already includes the container that is open inside.
            path += step(
                from: outer,
                elementsBefore: Int(entries[outer].count) - 1,
                inner - 1,
                text
            )
        }
        guard let last = chain.last else { return path }
        if let key = fault.key { return path + step(from: last, elementsBefore: 0, key, text) }
        switch expectation {
        case .value, .firstElement:
            let elements = Int(entries[last].count)
            return path + step(from: last, elementsBefore: elements, entries.count - 1, text)
        case .firstKey, .key, .separator, .end:
            return path
        }
    }

    private func step(
        from container: Int,
        elementsBefore: Int,
        _ key: Int,
        _ text: ArraySlice<UInt8>
    ) -> String {
        guard entries[container].kind == .object else { return "[\(elementsBefore)]" }
        let content = entries[key].content
        let shown = text.dropFirst(content.lowerBound)
            .prefix(min(content.count, JSONParser.shownKeyBytes))
        let isPlain = shown.allSatisfy { byte in
            ASCII.isDigit(byte) || 0x61...0x7A ~= byte | 0x20 || byte == 0x5F  // a…z, _
        }
        let name = String(decoding: shown, as: UTF8.self)
        if content.count > shown.count { return "[\"\(name)…\"]" }
        return isPlain && !shown.isEmpty ? ".\(name)" : "[\"\(name)\"]"
    }

    private func sentence(_ fault: JSONFault, _ text: ArraySlice<UInt8>) -> String {
        switch fault.code {
        case .empty: "there is no JSON value, only white space"
        case .tooLarge: "a JSON text has at most \(UInt32.max) bytes"
        case .byteOrderMark: "a byte order mark stands before the JSON text"
        case .notUTF8: "the bytes are not UTF-8"
        case .unexpectedEnd: "the text ends where \(expected) should follow"
        case .unexpectedByte: "\(found(fault, text)) stands where \(expected) should be"
        case .badNumber: "a number is written as -12.5e3: no plus, no leading zero, no bare point"
        case .badLiteral: "a bare word must be true, false or null"
        case .badEscape: "a backslash starts an escape that JSON does not have"
        case .loneSurrogate: "an escape names half of a surrogate pair"
        case .controlCharacter:
            "a control character (\(hex(fault, text))) inside a string must be written as an escape"
        case .tooDeep: "arrays and objects are nested deeper than \(maxDepth)"
        case .duplicateKey: "an object has the same key twice"
        case .trailingText: "\(found(fault, text)) follows the JSON value"
        }
    }

    private var expected: String {
        switch expectation {
        case .value: "a value"
        case .firstElement: "a value or ]"
        case .firstKey: "a key in quotes or }"
        case .key: "a key in quotes and a colon"
        case .separator where entries[container].kind == .object: "a comma or }"
        case .separator: "a comma or ]"
        case .end: "nothing"
        }
    }

    private func found(_ fault: JSONFault, _ text: ArraySlice<UInt8>) -> String {
        guard let byte = text.dropFirst(fault.offset).first, 0x21...0x7E ~= byte else {
            return "byte \(hex(fault, text))"
        }
        return "\"\(Character(Unicode.Scalar(byte)))\""
    }

    private func hex(_ fault: JSONFault, _ text: ArraySlice<UInt8>) -> String {
        let byte = text.dropFirst(fault.offset).first ?? 0
        return "0x" + (byte < 16 ? "0" : "") + String(byte, radix: 16, uppercase: true)
    }
}
