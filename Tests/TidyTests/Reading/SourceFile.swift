/// One file of the tree, read once for all rules.
struct SourceFile {
    /// The path from the root of the package.
    let path: String
    /// The lines as they stand in the file.
    let lines: [String]
    /// The same lines with comments and strings blanked; equal to `lines` where it is not Swift.
    let codeLines: [String]

    init(path: String, text: String) {
        self.path = path
        lines = SourceFile.lines(of: text)
        codeLines =
            path.hasSuffix(".swift") ? SourceFile.lines(of: CodeScanner.code(of: text)) : lines
    }

    var isSwift: Bool { path.hasSuffix(".swift") }

    var isInSources: Bool { path.hasPrefix("Sources/") }

    var isInTests: Bool { path.hasPrefix("Tests/") }

    /// The target that the file belongs to, by its folder.
    var module: String? {
        let parts = path.split(separator: "/")
        return parts.count > 2 && (isInSources || isInTests) ? String(parts[1]) : nil
    }

    /// The file's name without the folder and what follows the last dot.
    var name: String {
        let file = path.split(separator: "/").last ?? ""
        guard let dot = file.lastIndex(of: ".") else { return String(file) }
        return String(file[..<dot])
    }

    func violation(line: Int, _ message: String) -> Violation {
        Violation(path: path, line: line, message: message)
    }

    private static func lines(of text: String) -> [String] {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        if lines.last == "" { lines.removeLast() }
        return lines
    }
}
