/// Files are named after what they declare, folders and files after nouns of the domain.
struct NamingRule: Rule {
    /// Names that say nothing about what is inside.
    static let vague = ["Manager", "Helper", "Util", "Common", "Misc"]
    /// Files whose name the package manager gives.
    static let fixed: Set = ["main", "Package"]

    private static let declarations: Set = [
        "struct", "class", "enum", "actor", "protocol", "typealias", "func", "extension",
    ]

    func violations(in file: SourceFile) -> [Violation] {
        guard file.isSwift else { return [] }
        let found = vagueName(in: file) ?? missingDeclaration(in: file)
        return found.map { [file.violation(line: 1, $0)] } ?? []
    }

    private func vagueName(in file: SourceFile) -> String? {
        let isOurs = file.isInSources || file.isInTests
        let word = NamingRule.vague.first { word in
            file.path.split(separator: "/").contains { $0.contains(word) }
        }
        guard isOurs, let word else { return nil }
        return "\"\(word)\" in a path: name the thing it holds"
    }

    private func missingDeclaration(in file: SourceFile) -> String? {
        guard !NamingRule.fixed.contains(file.name) else { return nil }
        let parts = file.name.split(separator: "+", maxSplits: 1).map(String.init)
        guard let name = parts.first else { return nil }
        let isAspect = parts.count > 1
        let isDeclared = file.codeLines.contains { line in
            NamingRule.declared(by: line)
                .contains { keyword, declared in
                    guard declared == name else { return false }
                    return isAspect == (keyword == "extension")
                }
        }
        if isDeclared { return nil }
        return isAspect
            ? "extends no \(name): name the file Type+Aspect.swift after the type it extends"
            : "declares no \(name): name the file after the type or function it declares"
    }

    /// The pairs of keyword and last name in a line such as `extension Redis.Reply: Codable {`.
    private static func declared(by line: String) -> [(keyword: String, name: String)] {
        let words = line.split(separator: " ")
        return zip(words, words.dropFirst())
            .compactMap { keyword, name in
                guard declarations.contains(String(keyword)) else { return nil }
                let whole = name.prefix { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "." }
                guard let last = whole.split(separator: ".").last else { return nil }
                return (String(keyword), String(last))
            }
    }
}
