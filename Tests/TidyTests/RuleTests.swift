import Testing

@Suite("Each rule of the house")
struct RuleTests {
    /// What the rules say against a text that stands in a file of this path.
    private func messages(_ text: String, at path: String) -> [String] {
        let file = SourceFile(path: path, text: text)
        return houseRules.flatMap { $0.violations(in: file) }.map(\.description)
    }

    /// A path whose name fits the type `A`.
    private func inModule(_ module: String) -> String { "Sources/\(module)/A.swift" }

    @Test("finds nothing in a tidy file")
    func tidy() {
        let text = """
            public import EventLoop
            import Synchronization

            /// A connection.
            public final class A: @unchecked Sendable {
                // Guard: the thread of the loop.
                func send(_ text: String) { unsafe write(text, "try! print( as!") }
            }

            """
        #expect(messages(text, at: inModule("RedisClient")) == [])
    }

    @Test(
        "of layering names the import that is not allowed",
        arguments: [
            ("Jobs", "import RedisClient"), ("Jobs", "public import CacheDomain"),
            ("CacheDomain", "import Jobs"), ("Telemetry", "import EventLoop"),
            ("Backends", "import CHiredis"), ("CacheWorker", "import CRabbitMQ"),
            ("RedisClient", "internal import CRabbitMQ"), ("AMQPClient", "import CHiredis.shim"),
            ("EventLoop", "@_exported import Telemetry"), ("Codecs", "import Foundation"),
            ("Jobs", "import struct RedisClient.Reply"), ("Unlisted", "import Glibc"),
        ]
    )
    func layering(module: String, line: String) {
        #expect(messages("struct A {}\n" + line, at: inModule(module)).count == 1)
    }

    @Test("of layering allows what the table allows")
    func allowedImports() {
        #expect(messages("import Foundation\nstruct A {}", at: inModule("CacheWorker")) == [])
        #expect(messages("import CHiredis\nstruct A {}", at: inModule("RedisClient")) == [])
        let tests = messages("import RedisClient\nstruct A {}", at: "Tests/JobsTests/A.swift")
        #expect(tests.count == 1)
    }

    @Test("of size fires one past its limit, and not at it")
    func size() {
        let path = inModule("Jobs")
        let lines = { (count: Int) in String(repeating: "\n", count: count - 1) }
        #expect(messages("struct A {}" + lines(400) + "\n", at: path) == [])
        #expect(messages("struct A {}" + lines(401) + "\n", at: path).count == 1)
        #expect(messages("struct A {}\nfunc f() {" + lines(60) + "}", at: path) == [])
        #expect(messages("struct A {}\nfunc f() {" + lines(61) + "}", at: path).count == 1)
        let wide = "struct A {}\n//" + String(repeating: "é", count: 98)
        #expect(messages(wide, at: path) == [])
        #expect(messages(wide + "é", at: path).count == 1)
        let five = "a: Int, b: Int, c: Int, d: Int, e: Int"
        #expect(messages("struct A {}\nfunc f(\(five)) {}", at: path) == [])
        #expect(messages("struct A {}\nfunc f(\(five), g: Int = 1) {}", at: path).count == 1)
        #expect(messages("struct A {}\ninit(\(five), g: Int = 1) {}", at: path) == [])
        #expect(messages("struct A {}\ninit(\(five), g: Int) {}", at: path).count == 1)
    }

    @Test("of words fires on every banned word", arguments: WordRule.words + WordRule.workplace)
    func words(word: WordRule.Word) {
        let path = word.scope == .tests ? "Tests/JobsTests/A.swift" : inModule("Jobs")
        let text = "struct A {}\n\(word.layer == .text ? "// " : "")\(word.text)"
        let found = messages(text, at: path)
        #expect(found.contains { $0.contains(word.instead) })
    }

    @Test(
        "of words lets other words and members pass",
        arguments: [
            "let imprint = blueprint(1)", "log.print(a)", "let x = b as? C", "// mktemp A.XXXXXXXX",
            "let text = \"print(1)\"",
        ]
    )
    func otherWords(line: String) {
        #expect(messages("struct A {}\n\(line)", at: inModule("Jobs")) == [])
    }

    @Test("of words lets the program print")
    func program() {
        #expect(messages("struct A {}\nfunc f() { print(1) }", at: inModule("CacheWorker")) == [])
    }

    @Test(
        "of naming wants the file named after what it holds",
        arguments: [
            ("Sources/Jobs/B.swift", "struct A {}"), ("Sources/Jobs/A+B.swift", "struct A {}"),
            ("Sources/Jobs/A.swift", "extension A {}"),
            ("Sources/Jobs/Helpers/A.swift", "struct A {}"),
            ("Sources/Jobs/AManager.swift", "struct AManager {}"),
        ]
    )
    func naming(path: String, text: String) {
        #expect(messages(text, at: path).count == 1)
    }

    @Test(
        "of naming takes types, nested aspects and functions",
        arguments: [
            ("Sources/Jobs/A.swift", "public final class A<T>: B {}"),
            ("Sources/Jobs/A+B.swift", "extension Outer.A: Codable {}"),
            ("Tests/TestSupport/wait.swift", "public func wait() {}"),
        ]
    )
    func names(path: String, text: String) {
        #expect(messages(text, at: path) == [])
    }

    @Test("of safety wants a guard named, and unsafe code at the C borders only")
    func safety() {
        let promise = "struct A: @unchecked Sendable {\n    var b = 1\n}"
        #expect(messages(promise, at: inModule("Jobs")).count == 1)
        let code = "struct A {\n    func f() { unsafe g() }\n}"
        #expect(messages(code, at: inModule("Jobs")).count == 1)
        #expect(messages(code, at: inModule("Codecs")) == [])
    }
}
