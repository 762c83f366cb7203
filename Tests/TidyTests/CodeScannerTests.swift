import Testing

@Suite("Blanking what is not code")
struct CodeScannerTests {
    @Test(
        "keeps code and the length of every line",
        arguments: [
            ("a // b", "a     "),
            ("a /* b /* c */ d */ e", "a                   e"),
            ("f(\"x{\") {", "f(    ) {"),
            ("f(\"\\\"\") {", "f(    ) {"),
            ("f(#\"a\"b\"#) {", "f(       ) {"),
            ("f(\"\\(g(\"}\"))\") {", "f(           ) {"),
            ("\"\"\"\n a\" }\n\"\"\"; b", "   \n     \n   ; b"),
            ("a / b * c", "a / b * c"),
            ("// \"\nlet a = 1", "    \nlet a = 1"),
        ]
    )
    func blanks(text: String, code: String) {
        #expect(CodeScanner.code(of: text) == code)
    }
}
