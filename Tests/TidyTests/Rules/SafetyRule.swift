/// Unsafe code stays at the borders with C, and unchecked promises say what keeps them.
struct SafetyRule: Rule {
    /// The modules that border on C; whoever else writes `unsafe` needs a measurement.
    static let unsafeModules: Set = [
        "EventLoop", "RedisClient", "AMQPClient", "SQLClient", "HTTPClient", "HTTPServer", "Codecs",
        "Telemetry",
    ]
    /// Single files beside them, each with its motive in ARCHITECTURE.md.
    static let unsafeFiles: Set = ["Sources/CacheWorker/System/HostSystem+Current.swift"]

    func violations(in file: SourceFile) -> [Violation] {
        guard file.isSwift else { return [] }
        return uncheckedPromises(in: file) + unsafeCode(in: file)
    }

    private func uncheckedPromises(in file: SourceFile) -> [Violation] {
        file.codeLines.indices.compactMap { index in
            guard file.codeLines[index].contains("@unchecked Sendable") else { return nil }
            let next = index + 1 < file.lines.count ? file.lines[index + 1] : ""
            if next.drop(while: { $0 == " " }).hasPrefix("// Guard: ") { return nil }
            return file.violation(
                line: index + 1,
                "@unchecked Sendable: say on the next line what guards it, after \"// Guard: \""
            )
        }
    }

    private func unsafeCode(in file: SourceFile) -> [Violation] {
        guard file.isInSources, let module = file.module,
            !SafetyRule.unsafeModules.contains(module), !SafetyRule.unsafeFiles.contains(file.path)
        else { return [] }
        return file.codeLines.indices.compactMap { index in
            let words = file.codeLines[index].split { !$0.isLetter && $0 != "_" }
            guard words.contains("unsafe") else { return nil }
            return file.violation(
                line: index + 1,
                "unsafe outside of the C borders: ask the module that owns them"
            )
        }
    }
}
