/// How large files, functions, lines and parameter lists may grow.
struct SizeRule: Rule {
    static let maxFileLines = 400
    static let maxFunctionLines = 60
    static let maxLineColumns = 100
    /// An initializer's defaults do not count: a list of options is read by their names.
    static let maxParameters = 5

    func violations(in file: SourceFile) -> [Violation] {
        guard file.isSwift else { return [] }
        return fileLength(file) + lineLengths(file) + functions(file)
    }

    private func fileLength(_ file: SourceFile) -> [Violation] {
        guard file.lines.count > SizeRule.maxFileLines else { return [] }
        let message =
            "\(file.lines.count) lines, at most \(SizeRule.maxFileLines): one concept a file"
        return [file.violation(line: SizeRule.maxFileLines + 1, message)]
    }

    private func lineLengths(_ file: SourceFile) -> [Violation] {
        file.lines.enumerated()
            .compactMap { index, line in
                // Bytes are cheap to count, and never fewer than columns.
                guard line.utf8.count > SizeRule.maxLineColumns,
                    line.count > SizeRule.maxLineColumns
                else { return nil }
                let message = "\(line.count) columns, at most \(SizeRule.maxLineColumns)"
                return file.violation(line: index + 1, message)
            }
    }

    private func functions(_ file: SourceFile) -> [Violation] {
        let outlines = FunctionScanner.functions(in: file.codeLines.joined(separator: "\n"))
        return outlines.flatMap { function in
            let counted =
                function.name == "init" ? function.requiredParameters : function.parameters
            let tooLong = "\(function.name) has \(function.length) lines, at most"
            let tooMany = "\(function.name) takes \(counted) parameters, at most"
            return [
                function.length > SizeRule.maxFunctionLines
                    ? file.violation(
                        line: function.line,
                        "\(tooLong) \(SizeRule.maxFunctionLines): move pure parts into functions"
                    )
                    : nil,
                counted > SizeRule.maxParameters
                    ? file.violation(
                        line: function.line,
                        "\(tooMany) \(SizeRule.maxParameters): give what belongs together a type"
                    )
                    : nil,
            ]
            .compactMap(\.self)
        }
    }
}
