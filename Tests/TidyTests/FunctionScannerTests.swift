import Testing

@Suite("Finding functions")
struct FunctionScannerTests {
    private func only(_ code: String) -> FunctionOutline? {
        let functions = FunctionScanner.functions(in: code)
        return functions.count == 1 ? functions.first : nil
    }

    @Test("counts the lines from the keyword to the closing brace")
    func lines() {
        #expect(only("func a() {}")?.length == 1)
        let split = "func a(\n    b: Int\n  ) async throws -> [Int] {\n    if b {}\n  }"
        #expect(only("struct S {\n  \(split)\n}")?.length == 5)
        #expect(only("\n\nfunc a<T>(_ t: T) -> T\nwhere T: P,\n  T: Q {\n}")?.line == 3)
        #expect(only("func a<T>(_ t: T) -> T\nwhere T: P,\n  T: Q {\n}")?.length == 4)
        #expect(only("deinit {\n}")?.length == 2)
    }

    @Test("takes no body from the next member of a protocol")
    func requirements() {
        let code = "protocol P {\n  func a(b: Int) throws\n  var c: Int { get }\n  init(d: Int)\n}"
        let functions = FunctionScanner.functions(in: code)
        #expect(functions.map(\.name) == ["a", "init"])
        #expect(functions.map(\.length) == [1, 1])
    }

    @Test("finds nested functions and no calls")
    func nested() {
        let code = "func a() {\n  func b() {}\n  self.init(c: 1)\n  let funcs = T.init(d)\n}"
        #expect(FunctionScanner.functions(in: code).map(\.name) == ["a", "b"])
        #expect(only("static func < (a: S, b: S) -> Bool { true }")?.name == "<")
    }

    @Test(
        "counts parameters, not the commas inside them",
        arguments: [
            ("func a() {}", 0, 0),
            ("func a(_ b: Int) {}", 1, 1),
            ("func a(b: [Int: Int], c: (Int, Int) -> Void, d: Pair<Int, Int>) {}", 3, 3),
            ("func a<T, U>(b: T, c: U = .init(1, 2),\n) {}", 2, 1),
            ("init?(b: Int = 1, c: Int) {}", 2, 1),
        ]
    )
    func parameters(code: String, all: Int, required: Int) {
        #expect(only(code)?.parameters == all)
        #expect(only(code)?.requiredParameters == required)
    }
}
