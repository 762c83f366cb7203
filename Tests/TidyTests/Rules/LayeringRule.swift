/// Who may import whom: the module table of ARCHITECTURE.md as a value.
///
/// A module or import that is not listed is a violation, so that a new one is a decision.
struct LayeringRule: Rule {
    /// Modules of the toolchain that anyone may import.
    static let toolchain: Set = ["Dispatch", "Glibc", "Synchronization"]

    /// Foundation costs resident memory: the modules that may have it.
    static let foundation: Set = ["Foundation", "FoundationEssentials"]
    static let foundationUsers: Set = ["CacheWorker", "ValueCoding"]

    /// Each library's own modules and C libraries; `CacheWorker` may import every library.
    static let allowed: [String: Set<String>] = [
        "Telemetry": ["Codecs"],
        "EventLoop": ["CLinux", "COpenSSL"],
        "RedisClient": ["CHiredis", "EventLoop", "Telemetry"],
        "AMQPClient": ["CRabbitMQ", "EventLoop", "Telemetry"],
        "HTTPServer": ["CMicroHTTPD", "Codecs", "Telemetry"],
        "HTTPClient": ["CCurl", "EventLoop", "Codecs", "Telemetry"],
        "SQLClient": ["CSQLite", "CPostgres", "EventLoop"],
        "Codecs": ["CSimdJSON", "CYAML", "CZlib", "COpenSSL"],
        "CacheDomain": ["Codecs", "Telemetry"],
        "ValueCoding": ["CacheDomain", "Codecs"],
        "Jobs": ["Codecs", "Telemetry"],
        "Backends": [
            "EventLoop", "RedisClient", "AMQPClient", "SQLClient", "Codecs", "CacheDomain", "Jobs",
            "Telemetry",
        ],
        "CacheWorker": [
            "EventLoop", "RedisClient", "AMQPClient", "SQLClient", "HTTPServer", "Codecs",
            "CacheDomain", "Jobs", "Telemetry", "Backends",
        ],
    ]

    /// Test targets that must pass with no client library installed.
    static let offlineTests: Set = ["CacheDomainTests", "JobsTests", "CodecsTests"]
    static let clients: Set = [
        "EventLoop", "RedisClient", "AMQPClient", "SQLClient", "HTTPClient", "HTTPServer",
        "Backends", "CacheWorker",
    ]

    func violations(in file: SourceFile) -> [Violation] {
        guard file.isSwift, let module = file.module else { return [] }
        if file.isInSources && LayeringRule.allowed[module] == nil {
            return [
                file.violation(line: 1, "\(module) is new: add it to LayeringRule and its table")
            ]
        }
        return file.codeLines.enumerated()
            .compactMap { index, line in
                guard let imported = LayeringRule.imported(by: line),
                    let reason = LayeringRule.objection(to: imported, in: module, of: file)
                else { return nil }
                return file.violation(line: index + 1, reason)
            }
    }

    /// The module that a line imports, without what follows a dot.
    static func imported(by line: String) -> String? {
        var words = line.split(separator: " ").map(String.init)
        let modifiers = ["public", "package", "internal", "fileprivate", "private"]
        while let first = words.first, first.hasPrefix("@") || modifiers.contains(first) {
            words.removeFirst()
        }
        guard words.first == "import", let last = words.last, words.count > 1 else { return nil }
        return last.split(separator: ".").first.map(String.init)
    }

    private static func objection(
        to imported: String,
        in module: String,
        of file: SourceFile
    ) -> String? {
        if file.isInTests {
            guard offlineTests.contains(module), clients.contains(imported) else { return nil }
            return
                "\(module) builds with no client library: use the in-memory twin, not \(imported)"
        }
        let allowed = toolchain.union(allowed[module] ?? [])
        if allowed.contains(imported) { return nil }
        if foundation.contains(imported) {
            return foundationUsers.contains(module)
                ? nil : "\(imported) costs memory: use the standard library or Glibc"
        }
        return "\(module) may not import \(imported): ask for it through a protocol of its own"
    }
}
